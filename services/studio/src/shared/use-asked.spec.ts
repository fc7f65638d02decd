import { expect, it } from 'vitest';
import { limits } from './limits.ts';
import { waitAfter } from './use-asked.ts';

it('is asked as often as wanted while it answers, and more seldom each time that it fails', () => {
  expect([0, 1, 2, 3].map((failures) => waitAfter(1_000, failures))).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(waitAfter(1_000, 50)).toBe(limits.longestRetryMs);
  expect(waitAfter(60_000, 3)).toBe(60_000);
});
