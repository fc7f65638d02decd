import { expect, it } from 'vitest';
import { type FeedHead, feedLimits, heldAfter, heldEntries, noFeed, parseFeedPage } from './feeds.ts';

const { minBookings, maxBookings, minMs } = feedLimits;
const now = 1_000_000;
const bookings = (count: number, at: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => ({ position: String(index + 1), at: at(index) }));
const firstHeld = (entries: ReturnType<typeof bookings>) =>
  heldEntries(entries, { count: entries.length, latest: now })[0]?.position;

it('holds all of a short feed, however old', () => {
  expect(firstHeld(bookings(minBookings, () => 0))).toBe('1');
});

it('holds the last bookings of a long one', () => {
  expect(firstHeld(bookings(minBookings + 3, () => 0))).toBe('4');
});

it('holds whatever is recent, beyond that number', () => {
  const entries = bookings(minBookings + 10, (index) => (index === 4 ? now - minMs : 0));
  expect(firstHeld(entries)).toBe('5');
});

it('never holds more than its limit', () => {
  expect(firstHeld(bookings(maxBookings + 2, () => now))).toBe('3');
});

const body = (...positions: string[]) => JSON.stringify(positions.map((position) => ({ position, at: 0 })));
const placesOf = (page: { bookings: { position: string }[] }) =>
  page.bookings.map(({ position }) => position);

it('answers the newest bookings in log order', () => {
  const page = parseFeedPage(['0', '1', body('4', '5'), body('1', '2', '3')], undefined, 3);
  expect(placesOf(page)).toEqual(['3', '4', '5']);
  expect(page).toMatchObject({ next: '5', gap: false });
});

it('goes on after a place in the middle of an entry', () => {
  const page = parseFeedPage(['0', '1', body('1', '2', '3'), body('4', '5')], '2', 2);
  expect(placesOf(page)).toEqual(['3', '4']);
  expect(page).toMatchObject({ next: '4', gap: false });
});

it('tells of a gap where bookings after the place may be gone', () => {
  expect(parseFeedPage(['9', '100', body('100')], '99', 10).gap).toBe(true);
  expect(parseFeedPage(['9', '100', body('101')], '100', 10).gap).toBe(false);
  expect(parseFeedPage(['0', '100', body('100')], '99', 10).gap).toBe(false);
});

it('stays where it is while nothing comes', () => {
  expect(parseFeedPage(['0', '0'], '7', 10)).toEqual({ bookings: [], next: '7', gap: false });
  expect(parseFeedPage(['0', '0'], undefined, 10)).toEqual({ bookings: [], next: null, gap: false });
});

/** Bookings in parts of ten, which are alike in when they were. */
const parts = (count: number, at: number) =>
  Array.from({ length: count / 10 }, (_, n) => ({
    ...{ from: String(10 * n), position: String(10 * n + 9), bookings: 10, latest: at, body: '' },
  }));
const held = (before: FeedHead, added: ReturnType<typeof parts>) => {
  const after = heldAfter(before, added);
  return { before: after.before, passed: added.length - after.parts.length };
};

it('takes of new bookings those that it will hold, and counts what it passes over', () => {
  const before = { count: 5, latest: 9 };
  expect(held(before, parts(minBookings, 0))).toEqual({ before, passed: 0 });
  expect(held(before, parts(minBookings + 30, 0))).toEqual({ before, passed: 0 });
  const old = { count: 5, latest: 0 };
  expect(held(old, [...parts(minBookings + 30, now), ...parts(10, now + minMs + 1)])).toEqual({
    before: { count: 45, latest: now + minMs + 1 },
    passed: 4,
  });
  expect(held(noFeed, parts(minBookings + 30, now)).passed).toBe(0);
});

it('passes over no part that holds one more than there may be at least', () => {
  const added = [...parts(minBookings + 10, 0), ...parts(10, now)];
  expect(held(noFeed, added).passed).toBe(2);
  expect(held(noFeed, [...added, { ...added[0]!, bookings: 9, latest: now }]).passed).toBe(2);
});

it('holds what came after a recent booking, unless it is too many', () => {
  const among = (count: number) => [...parts(10, now), ...parts(count - 20, 0), ...parts(10, now)];
  expect(held(noFeed, among(minBookings + 100)).passed).toBe(0);
  expect(held(noFeed, among(maxBookings + 100)).passed).toBe(10);
});

it('passes over nothing but what is beyond its limit where older bookings may be recent', () => {
  const recent = { count: 1, latest: now };
  expect(held(recent, parts(maxBookings, 0))).toEqual({ before: recent, passed: 0 });
  expect(held(recent, parts(maxBookings + 70, 0)).before.count).toBe(71);
});
