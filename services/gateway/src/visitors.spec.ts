import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openVisitors } from './visitors.ts';

let now = 0;
const open = () =>
  openVisitors({ socketsPerViewer: 2, socketsPerAddress: 3, claimsPerSecond: 50 }, () => now);
const claims = (visitors: ReturnType<typeof open>, count: number): number[] =>
  Array.from({ length: count }, () => visitors.claim('v'));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('lets a viewer claim in bursts, and says when to come again', () => {
  const visitors = open();
  expect(claims(visitors, 100).every((wait) => wait === 0)).toBe(true);
  expect(visitors.claim('v')).toBe(20);
  expect(visitors.claim('another')).toBe(0);
  now += 20;
  expect(claims(visitors, 2)).toEqual([0, 20]);
  now += 60_000;
  expect(claims(visitors, 101).filter((wait) => wait > 0)).toHaveLength(1);
});

it('counts a viewer’s sockets, and remembers what it claimed while it is gone for a moment', () => {
  const visitors = open();
  expect([1, 2, 3].map(() => visitors.enter('v'))).toEqual([true, true, false]);
  claims(visitors, 100);
  visitors.leave('v');
  visitors.leave('v');
  vi.advanceTimersByTime(1_000);
  expect(visitors.enter('v')).toBe(true);
  expect(visitors.claim('v')).toBeGreaterThan(0);
  visitors.leave('v');
  vi.advanceTimersByTime(2_000);
  expect(visitors.claim('v')).toBe(0);
});

it('gives a viewer that comes and goes no more claims than one that stays', () => {
  const visitors = open();
  const pass = (ms: number): void => {
    now += ms;
    vi.advanceTimersByTime(ms);
  };
  visitors.enter('v');
  visitors.leave('v');
  pass(1_900);
  visitors.enter('v');
  claims(visitors, 100);
  visitors.leave('v');
  pass(100);
  visitors.enter('v');
  expect(claims(visitors, 100).filter((wait) => wait === 0)).toHaveLength(5);
});

it('counts the connections of an address', () => {
  const { addresses } = open();
  addresses.enter('a');
  addresses.enter('a');
  addresses.leave('a');
  expect([addresses.count('a'), addresses.count('b')]).toEqual([1, 0]);
});
