import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { beginDay } from './day-earnings.ts';
import type { Event } from './events.ts';

const gift = (creator: string, booked: number, millidiamonds: number): Event<'GiftSent'>['data'] => ({
  ...{ combo: 'c', viewer: 'v', live: 'l', creator, gift: 'g', booked, count: booked },
  ...{ coins: booked, millidiamonds, unitCoins: 1, rate: 1_000, at: 0, after: { balance: 0 } },
});
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

it('adds up a day per creator, and its hash is of text that anybody can make', () => {
  const day = beginDay('2026-11-22');
  day.book('e1', gift('ann', 2, 2_000));
  day.book('e2', gift('bea', 1, 9_007_199_254_740_991));
  day.book('e3', gift('ann', 3, 2_997));
  day.book('e4', gift('bea', 1, 2));
  const [ann, bea] = [...day.earned()];
  const first = sha256(`${sha256('2026-11-22 ann')} e1 2 2 2000`);
  expect(ann).toEqual({
    ...{ creator: 'ann', day: '2026-11-22', gifts: 5, coins: 5n, millidiamonds: 4_997n },
    hash: sha256(`${first} e3 3 3 2997`),
  });
  expect(bea).toMatchObject({ gifts: 2, millidiamonds: 9_007_199_254_740_993n });
  expect([...day.earned()]).toEqual([ann, bea]);
  expect(day.creators).toBe(2);
});

it('has another hash for the same gifts in another order, or of another day', () => {
  const hashOf = (name: string, ids: readonly string[]) => {
    const day = beginDay(name);
    for (const id of ids) day.book(id, gift('ann', 1, 1_000));
    return [...day.earned()][0]!.hash;
  };
  const all = [
    hashOf('2026-11-22', ['a', 'b']),
    hashOf('2026-11-22', ['b', 'a']),
    hashOf('2026-11-23', ['a', 'b']),
  ];
  expect(new Set(all).size).toBe(3);
});
