import { describe, expect, test } from 'vitest';
import { type Random, randomFor } from './random.ts';

const draws = 20_000;
const drawn = (draw: (random: Random) => number, seed = 'a seed'): number[] => {
  const random = randomFor(seed, 'a topic');
  return Array.from({ length: draws }, () => draw(random));
};
const mean = (of: number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;

describe('chance', () => {
  test('repeats itself for a seed and a topic, and for nothing else', () => {
    const first = (seed: string, topic: string): number => randomFor(seed, topic).next();
    expect(first('1', 'pace')).toBe(first('1', 'pace'));
    const others = [first('1', 'pace'), first('2', 'pace'), first('1', 'gaps'), first('1p', 'ace')];
    expect(new Set(others).size).toBe(4);
  });

  test('is even', () => {
    const tenths = new Array<number>(10).fill(0);
    for (const value of drawn((random) => random.next())) tenths[Math.floor(value * 10)]! += 1;
    for (const tenth of tenths) expect(tenth / draws).toBeCloseTo(0.1, 1.7);
  });

  test('keeps to its limits', () => {
    const dice = drawn((random) => random.below(6));
    expect([...new Set(dice)].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(drawn((random) => random.between(3, 4)).every((value) => value >= 3 && value < 4)).toBe(true);
    expect(drawn((random) => Number(random.chance(0))).includes(1)).toBe(false);
    expect(drawn((random) => Number(random.chance(1))).includes(0)).toBe(false);
  });

  test('has the means and the spread it is asked for', () => {
    expect(mean(drawn((random) => random.exponential(50)))).toBeCloseTo(50, -0.6);
    expect(mean(drawn((random) => random.normal()))).toBeCloseTo(0, 1);
    expect(mean(drawn((random) => random.normal() ** 2))).toBeCloseTo(1, 1);
    expect(mean(drawn((random) => Number(random.chance(0.25))))).toBeCloseTo(0.25, 1.7);
  });
});
