import { describe, expect, it } from 'vitest';
import { chaptersOf, propertiesOf } from '../laws.ts';
import { changed, dropped } from './deviations.ts';
import type { Capabilities } from './fixtures.ts';

const all: Capabilities = {
  reopen: true,
  processes: true,
  crash: true,
  gaplessPositions: true,
  ownPositions: true,
  milliseconds: true,
  casesInOneAppend: true,
  countsWhatItPasses: true,
};

const lawsThereAre = Array.from({ length: 36 }, (_, place) => place + 1);

const namesOf = (capabilities: Capabilities): string[] => [
  ...Object.values(chaptersOf(capabilities)).flatMap((laws) => Object.keys(laws)),
  ...Object.keys(propertiesOf(capabilities)),
];

/** The numbers of the laws that stand before the colon of a proof's name. */
const numbersIn = (name: string): number[] =>
  /^(L\d+(, L\d+)*): /.test(name)
    ? [...(name.split(':')[0] ?? '').matchAll(/L(\d+)/g)].map((match) => Number(match[1]))
    : [];

const proved = new Set(namesOf(all).flatMap(numbersIn));

describe('the suite of laws', () => {
  it('proves every law, or says why it was dropped', () => {
    const numbers = [...proved, ...dropped.map(({ law }) => law)];
    expect(numbers.sort((a, b) => a - b)).toEqual(lawsThereAre);
  });

  it('says of every law that was changed how, and proves it', () => {
    for (const { law, why } of [...changed, ...dropped]) expect(why.length, `L${law}`).toBeGreaterThan(10);
    for (const { law } of changed) expect(proved, `L${law}`).toContain(law);
  });

  it('numbers the laws only where it can be read', () => {
    const odd = namesOf(all).filter((name) => /\bL\d/.test(name) && numbersIn(name).length === 0);
    expect(odd).toEqual([]);
  });

  it('proves other laws of a store that lacks an ability, in place of those it can’t keep', () => {
    for (const ability of Object.keys(all) as (keyof Capabilities)[]) {
      const [whole, less] = [namesOf(all), namesOf({ ...all, [ability]: false })];
      expect(whole.filter((name) => !less.includes(name)).length, ability).toBeGreaterThan(0);
      expect(less.filter((name) => !whole.includes(name)).length, ability).toBeGreaterThan(0);
    }
  });
});
