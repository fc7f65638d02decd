import fc from 'fast-check';
import { expect, it } from 'vitest';
import { windowEnd, windowStart } from './windows.ts';

it.each(['hour', 'day', 'week'] as const)('a window by the %s ends where the next begins', (window) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2200, 0) }), (at) => {
      const end = windowEnd(window, at);
      expect(windowStart(window, end)).toBe(end);
      expect(windowStart(window, end - 1)).toBe(windowStart(window, at));
    }),
  );
});

it('all time does not end', () => {
  expect(windowEnd('all', 0)).toBe(Number.POSITIVE_INFINITY);
});
