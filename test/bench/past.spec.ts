import { describe, expect, it } from 'vitest';
import { decideGifts } from './past.ts';

const past = { lives: ['live-a', 'live-b'], viewers: 300, gifts: 5_000, ends: 1_795_424_788_686 };
const gifts = [...decideGifts(past)].map(({ data }) => data);

describe('a past', () => {
  it('has as many gifts as were asked for, up to its end, time never going back', () => {
    expect(gifts).toHaveLength(past.gifts);
    expect(gifts.every(({ at }, n) => n === 0 || at >= gifts[n - 1]!.at)).toBe(true);
    expect(past.ends - gifts.at(-1)!.at).toBeLessThan(20);
  });

  it('takes every booking from the balance that the one before left', () => {
    const balances = new Map<string, number>();
    for (const { viewer, coins, after } of gifts) {
      const before = balances.get(viewer);
      if (before !== undefined) expect(after.balance).toBe(before - coins);
      balances.set(viewer, after.balance);
    }
    expect(balances.size).toBeGreaterThan(past.viewers / 2);
  });

  it('has combos that go on, each booked count by count', () => {
    const counts = new Map<string, number>();
    for (const { combo, count, booked } of gifts) {
      expect(booked).toBe(count - (counts.get(combo) ?? 0));
      counts.set(combo, count);
    }
    expect(counts.size).toBeLessThan(past.gifts);
  });

  it('is the same again but for its ids', () => {
    const again = [...decideGifts(past)].map(({ data }) => ({ ...data, combo: '' }));
    expect(again).toEqual(gifts.map((data) => ({ ...data, combo: '' })));
  });
});
