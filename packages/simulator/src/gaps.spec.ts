import { expect, test } from 'vitest';
import { gapsOf } from './gaps.ts';
import { randomFor } from './random.ts';

const hourMs = 3_600_000;
const seconds = Array.from({ length: 3_600 * 50 }, (_, second) => second * 1_000);

test('gaps come as often as asked and hold a feed for 8 to 147 s and a moment', () => {
  const gaps = gapsOf(6, randomFor('1', 'gaps'));
  const held = seconds.filter((moment) => gaps.arrivalAfter(moment) !== undefined);
  const beginnings = held.filter((moment, i) => held[i - 1] !== moment - 1_000);
  expect(Math.abs(beginnings.length / ((50 * hourMs) / hourMs) - 6)).toBeLessThan(2);
  for (const moment of held) {
    const wait = gaps.arrivalAfter(moment)! - moment;
    expect(wait > 0 && wait < 147_000 * 1.05).toBe(true);
  }
});

test('what a gap holds arrives in its order', () => {
  const gaps = gapsOf(60, randomFor('1', 'gaps'));
  const arrivals = seconds
    .map((moment) => gaps.arrivalAfter(moment))
    .filter((moment) => moment !== undefined);
  expect(arrivals.length).toBeGreaterThan(100);
  expect(arrivals).toEqual([...arrivals].sort((a, b) => a - b));
});

test('a feed that is never cut has no gaps', () => {
  const gaps = gapsOf(0, randomFor('1', 'gaps'));
  expect(seconds.every((moment) => gaps.arrivalAfter(moment) === undefined)).toBe(true);
});

test('what is forgotten changes nothing after it', () => {
  const [forgetful, faithful] = [gapsOf(60, randomFor('1', 'gaps')), gapsOf(60, randomFor('1', 'gaps'))];
  for (const moment of seconds.slice(0, 20_000)) {
    expect(forgetful.arrivalAfter(moment)).toBe(faithful.arrivalAfter(moment));
    forgetful.forgetBefore(moment);
  }
  const past = seconds.slice(0, 19_000);
  expect(past.some((moment) => faithful.arrivalAfter(moment) !== undefined)).toBe(true);
  expect(past.every((moment) => forgetful.arrivalAfter(moment) === undefined)).toBe(true);
});
