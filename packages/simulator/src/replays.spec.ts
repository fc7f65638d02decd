import { expect, test } from 'vitest';
import type { Frame } from './gift-log.ts';
import { randomFor } from './random.ts';
import { replaysOf } from './replays.ts';

const frame = (t: number): Frame => ({ t, viewer: 'ann', gift: 'spark', combo: '1', count: 1 });

test('a page is the last 30 frames', () => {
  const replays = replaysOf(60, 1, randomFor('1', 'replays'));
  for (let t = 1; t <= 100; t++) replays.saw(frame(t));
  expect(replays.takePage().map(({ t }) => t)).toEqual(Array.from({ length: 30 }, (_, i) => 71 + i));
});

test('pages come in rounds of up to as many as asked, within seconds; rounds as often as asked', () => {
  const replays = replaysOf(6, 33, randomFor('1', 'replays'));
  const rounds: number[] = [];
  let before = Number.NEGATIVE_INFINITY;
  while (replays.nextDue() < 200 * 3_600_000) {
    const due = replays.nextDue();
    if (due - before <= 5_001) rounds[rounds.length - 1]! += 1;
    else rounds.push(1);
    before = due;
    replays.takePage();
  }
  expect(Math.abs(rounds.length / 200 - 6)).toBeLessThan(1);
  expect(Math.min(...rounds)).toBe(1);
  // Two rounds may follow each other so soon that they look like one.
  const single = rounds.filter((pages) => pages <= 33);
  expect(Math.max(...single)).toBeGreaterThan(30);
  expect(single.length / rounds.length).toBeGreaterThan(0.98);
});

test('a client that never reconnects is given nothing again', () => {
  expect(replaysOf(0, 33, randomFor('1', 'replays')).nextDue()).toBe(Number.POSITIVE_INFINITY);
  expect(replaysOf(60, 0, randomFor('1', 'replays')).nextDue()).toBe(Number.POSITIVE_INFINITY);
});
