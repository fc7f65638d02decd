import { describe, expect, test } from 'vitest';
import type { Frame, Gift } from './gift-log.ts';
import { impliedTotals, runningTotals } from './totals.ts';

const gifts: Gift[] = [
  { id: 'spark', name: 'Spark', coins: 1, streakable: true },
  { id: 'kite', name: 'Kite', coins: 30, streakable: true },
];

const frame = (viewer: string, gift: string, combo: string, count: number): Frame => ({
  t: 0,
  viewer,
  gift,
  combo,
  count,
});

describe('implied totals', () => {
  test('take the highest count of every combo, whatever the order and however often', () => {
    const frames = [3, 1, 2, 3, 3, 5, 4].map((count) => frame('ann', 'spark', 'a', count));
    expect(impliedTotals(frames, gifts)).toEqual({
      frames: 7,
      combos: 1,
      viewers: 1,
      gifts: 5,
      coins: 5,
      top10: [{ viewer: 'ann', coins: 5 }],
      coinsIfEveryFrameWereAdded: 21,
    });
  });

  test('know a combo by viewer, gift and id together, even where the ids run into each other', () => {
    const frames = [
      frame('ann', 'spark', 'a', 2),
      frame('ben', 'spark', 'a', 2),
      frame('ann', 'kite', 'a', 1),
      frame('annk', 'kite', 'a', 1),
      frame('ann', 'spark', 'b', 2),
    ];
    expect(impliedTotals(frames, gifts)).toMatchObject({ combos: 5, viewers: 3, gifts: 8, coins: 66 });
  });

  test('name ten viewers, richest first, ties by id', () => {
    const frames = Array.from({ length: 12 }, (_, place) => frame(`v${99 - place}`, 'spark', 'a', 1));
    const { top10 } = impliedTotals([...frames, frame('v95', 'kite', 'a', 1)], gifts);
    expect(top10.map(({ viewer }) => viewer)).toEqual([
      ...['v95', 'v88', 'v89', 'v90', 'v91', 'v92', 'v93', 'v94', 'v96', 'v97'],
    ]);
    expect(top10[0]).toEqual({ viewer: 'v95', coins: 31 });
  });

  test('say of each frame what it adds', () => {
    const running = runningTotals(gifts);
    const added = [2, 1, 2, 5, 5].map((count) => running.add(frame('ann', 'kite', 'a', count)));
    expect(added).toEqual([2, 0, 0, 3, 0]);
    expect(running.totals()).toMatchObject({ frames: 5, gifts: 5, coins: 150 });
  });

  test('refuse a gift they have no price for', () => {
    expect(() => impliedTotals([frame('ann', 'rocket', 'a', 1)], gifts)).toThrow(RangeError);
  });
});
