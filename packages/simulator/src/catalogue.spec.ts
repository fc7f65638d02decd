import { describe, expect, test } from 'vitest';
import { defaultCatalogue, mostCoinsOfAStreakableGift } from './catalogue.ts';

const shareOf = (wanted: (coins: number) => boolean): number =>
  defaultCatalogue.filter(({ coins }) => wanted(coins)).length / defaultCatalogue.length;

describe('the default catalogue', () => {
  test('names every gift once', () => {
    expect(new Set(defaultCatalogue.map(({ id }) => id)).size).toBe(defaultCatalogue.length);
    expect(new Set(defaultCatalogue.map(({ name }) => name)).size).toBe(defaultCatalogue.length);
  });

  test('has no dear gift that is streakable, and cheap ones that are not', () => {
    const streakable = defaultCatalogue.filter((gift) => gift.streakable);
    expect(Math.max(...streakable.map(({ coins }) => coins))).toBe(mostCoinsOfAStreakableGift);
    expect(defaultCatalogue.some((gift) => gift.coins === 1 && !gift.streakable)).toBe(true);
  });

  /** Measured on 161 gifts: 10 % cost 1, 19 % below 99, 30 % from 99 to 999, 50 % from 1,000 to 44,999. */
  test('has prices that lie as in a real catalogue', () => {
    expect(Math.min(...defaultCatalogue.map(({ coins }) => coins))).toBe(1);
    expect(Math.max(...defaultCatalogue.map(({ coins }) => coins))).toBe(44_999);
    expect(shareOf((coins) => coins === 1)).toBeCloseTo(0.1, 1);
    expect(shareOf((coins) => coins >= 99 && coins < 1_000)).toBeCloseTo(0.3, 1);
    expect(shareOf((coins) => coins >= 1_000)).toBeCloseTo(0.5, 1);
  });
});
