import { expect, it } from 'vitest';
import { cutGem } from './cut.ts';

it('draws a gift always the same, and others otherwise', () => {
  expect(cutGem('rose', 10)).toEqual(cutGem('rose', 10));
  const looks = ['rose', 'spark', 'daisy', 'otter', 'kite'].map((gift) => JSON.stringify(cutGem(gift, 10)));
  expect(new Set(looks).size).toBe(5);
});

it('cuts dearer gifts finer, all within their frame', () => {
  const finer = [1, 10, 100, 1_000].map((coins) => cutGem('rose', coins).facets.length);
  expect(finer).toEqual([13, 17, 21, 25]);
  for (const { points } of Array.from({ length: 60 }, (_, n) => cutGem(`gift-${n}`, 1_000).facets).flat()) {
    for (const [x, y] of points) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(50);
  }
});
