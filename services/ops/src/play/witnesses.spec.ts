import type { Totals } from '@carat/simulator';
import { describe, expect, it } from 'vitest';
import { compareWitnesses, type NamedWitness } from './witnesses.ts';

const implied: Totals = {
  frames: 9,
  combos: 4,
  viewers: 3,
  gifts: 7,
  coins: 130,
  top10: [
    { viewer: 'ann', coins: 70 },
    { viewer: 'bob', coins: 30 },
    { viewer: 'cat', coins: 30 },
  ],
  coinsIfEveryFrameWereAdded: 300,
};
const coinsOf = new Map([
  ['ann', 70],
  ['bob', 30],
  ['cat', 30],
]);
const witness = (more: Partial<NamedWitness> = {}): NamedWitness => ({
  name: 'The api',
  viewers: 3,
  gifts: 7,
  coins: 130,
  millidiamonds: 130_000,
  top10: implied.top10,
  ...more,
});
const compare = (...witnesses: NamedWitness[]): string[] => compareWitnesses(implied, coinsOf, witnesses);

describe('comparing witnesses', () => {
  it('finds no fault with those who agree, whatever the order of ties', () => {
    const [ann, bob, cat] = implied.top10;
    expect(compare(witness(), witness({ top10: [ann!, cat!, bob!] }))).toEqual([]);
  });

  it.each(['viewers', 'gifts', 'coins'] as const)('names a witness that is wrong about %s', (number) => {
    const said = implied[number] + 1;
    expect(compare(witness({ [number]: said }))).toEqual([
      `The api says ${said} ${number}, the log implies ${implied[number]}.`,
    ]);
  });

  it('compares diamonds among the witnesses, as the log knows no rate', () => {
    const other = witness({ name: 'The socket', millidiamonds: 1 });
    expect(compare(witness({ millidiamonds: 65_000 }))).toEqual([]);
    expect(compare(witness(), other)).toEqual([
      'The socket says 1 millidiamonds, The api says 130000 millidiamonds.',
    ]);
  });

  it('names ranks with other coins, missing ranks and ranks too many', () => {
    const [ann, bob, cat] = implied.top10;
    expect(compare(witness({ top10: [{ viewer: 'ann', coins: 71 }, bob!, cat!] }))).toEqual([
      'The api has 71 coins at rank 1, the log implies 70.',
    ]);
    expect(compare(witness({ top10: [ann!, bob!] }))).toEqual([
      'The api has nobody at rank 3, the log implies 30.',
    ]);
    expect(compare(witness({ top10: [...implied.top10, { viewer: 'dan', coins: 1 }] }))).toEqual([
      'The api has 1 coin at rank 4, the log implies nobody.',
    ]);
  });

  it('names a viewer who did not give what its rank has, or who is there twice', () => {
    const [ann, bob, cat] = implied.top10;
    expect(compare(witness({ top10: [{ viewer: 'eve', coins: 70 }, bob!, cat!] }))).toEqual([
      'The api has eve at rank 1, who gave 0 coins by the log.',
    ]);
    expect(compare(witness({ top10: [ann!, bob!, bob!] }))).toEqual(['The api has bob at rank 3 once more.']);
  });
});
