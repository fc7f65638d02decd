import { describe, expect, it } from 'vitest';
import { quantile } from './quantiles.ts';

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1);

  it('is the value above the part that lies below it', () => {
    expect(quantile(hundred, 0.5)).toBe(51);
    expect(quantile(hundred, 0.99)).toBe(100);
    expect(quantile(Float64Array.from([1, 2, 3]), 0.5)).toBe(2);
  });

  it('is the last value at the most, and nothing of nothing', () => {
    expect(quantile(hundred, 1)).toBe(100);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBe(0);
  });
});
