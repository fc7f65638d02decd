import { expect, test } from 'vitest';
import { createClock } from './clock.ts';

test('the time is shifted', () => {
  expect(createClock(-500, () => 10_000).now()).toBe(9_500);
});

test('it never goes back when the machine is set back, and goes on once that has caught up', () => {
  const told = [1_000, 400, 999, 1_001];
  const clock = createClock(0, () => told.shift()!);
  expect([clock.now(), clock.now(), clock.now(), clock.now()]).toEqual([1_000, 1_000, 1_000, 1_001]);
});

test("without a shift it is the machine's time", () => {
  const before = Date.now();
  const now = createClock().now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});
