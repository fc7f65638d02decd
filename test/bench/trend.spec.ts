import { describe, expect, it } from 'vitest';
import { trendOf } from './trend.ts';

const samples = (...values: number[]) => values.map((value, minute) => ({ minute, value }));

describe('a trend', () => {
  it('is that of a line', () => {
    expect(trendOf(samples(100, 110, 120))).toEqual({ perMinute: 10, growth: 0.2 });
    expect(trendOf(samples(120, 110, 100)).perMinute).toBe(-10);
  });

  it('is none where values stay, or go up and down evenly', () => {
    expect(trendOf(samples(100, 100, 100))).toEqual({ perMinute: 0, growth: 0 });
    expect(trendOf(samples(100, 130, 100, 130, 100)).growth).toBe(0);
    expect(trendOf(samples(100))).toEqual({ perMinute: 0, growth: 0 });
  });

  it('is not that of the first and last sample alone', () => {
    const { perMinute } = trendOf(samples(100, 100, 100, 100, 100, 100, 100, 100, 100, 200));
    expect(perMinute).toBeGreaterThan(0);
    expect(perMinute).toBeLessThan(100 / 9);
  });
});
