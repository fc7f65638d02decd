import { expect, it } from 'vitest';
import { feedLimits, heldAfter, heldEntries, noFeed, parseFeedPage } from './feeds.ts';

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

it('takes of new bookings those that it will hold, and counts what it passes over', () => {
  const few = bookings(minBookings, () => 0);
  expect(heldAfter({ count: 5, latest: 9 }, few)).toEqual({ before: { count: 5, latest: 9 }, entries: few });
  const old = bookings(minBookings + 3, () => now);
  const after = heldAfter({ count: 5, latest: 0 }, [...old, ...bookings(1, () => now + minMs + 1)]);
  expect(after.before).toEqual({ count: 9, latest: now + minMs + 1 });
  expect(after.entries).toHaveLength(minBookings);
  expect(
    heldAfter(
      noFeed,
      bookings(minBookings + 3, () => now),
    ).entries,
  ).toHaveLength(minBookings + 3);
});

it('passes over nothing but what is beyond its limit where older bookings may be recent', () => {
  const recent = { count: 1, latest: now };
  expect(
    heldAfter(
      recent,
      bookings(maxBookings, () => 0),
    ).before,
  ).toEqual(recent);
  expect(
    heldAfter(
      recent,
      bookings(maxBookings + 7, () => 0),
    ).before.count,
  ).toBe(8);
});
