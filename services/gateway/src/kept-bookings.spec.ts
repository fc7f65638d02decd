import type { ShownBooking } from '@carat/protocol';
import { expect, it } from 'vitest';
import { KeptBookings } from './kept-bookings.ts';
import { limits } from './limits.ts';

const booking = (position: number): ShownBooking => ({
  position: String(position),
  ...{ combo: 'c', viewer: 'v', gift: 'g', booked: 1, count: 1, coins: 1, at: 0 },
});
const bookings = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => booking(from + n));

const keep = (from: number, to: number, all = { bytes: 0 }) => {
  const kept = new KeptBookings(all);
  kept.begin(String(from - 1), bookings(from, to), 0);
  return kept;
};

/** All that is kept after a place, part by part; undefined where not all of it is. */
const placesAfter = (kept: KeptBookings, place: number): number[] | undefined => {
  const number = kept.numberAfter(String(place));
  if (number === undefined) return undefined;
  const places: number[] = [];
  for (let part = kept.part(number); part; part = kept.part(part.next)) {
    expect(part.after).toBe(String(places.at(-1) ?? place));
    places.push(...part.bookings.map((text) => Number(JSON.parse(text).position)));
    expect(part.upTo).toBe(String(places.at(-1)));
  }
  return places;
};

const places = (from: number, to: number) => bookings(from, to).map(({ position }) => Number(position));

it('gives what came after a place, each once, however often it came', () => {
  const kept = keep(10, 14);
  kept.add(bookings(12, 20), 0);
  kept.add(bookings(3, 8), 0);
  expect(placesAfter(kept, 9)).toEqual(places(10, 20));
  expect(placesAfter(kept, 15)).toEqual(places(16, 20));
  expect(placesAfter(kept, 25)).toEqual([]);
  expect(placesAfter(kept, 8)).toBeUndefined();
});

it('begins with what was read, though something newer came first', () => {
  const kept = new KeptBookings({ bytes: 0 });
  kept.add(bookings(30, 32), 0);
  expect(kept.numberAfter('31')).toBeUndefined();
  kept.begin('9', bookings(10, 30), 0);
  expect(placesAfter(kept, 9)).toEqual(places(10, 32));
});

it('says where it does not go on: the next part comes after another place', () => {
  const kept = keep(10, 20);
  const { next } = kept;
  kept.begin('90', bookings(91, 95), 0);
  expect(kept.part(next)).toMatchObject({ after: '90', upTo: '95' });
});

it('takes over what another kept meanwhile, and says where that is not all', () => {
  const all = { bytes: 0 };
  const kept = keep(10, 20, all);
  const late = new KeptBookings(all);
  late.add(bookings(18, 25), 0);
  kept.takeOver(late);
  expect(placesAfter(kept, 9)).toEqual(places(10, 25));
  const weight = all.bytes;
  late.add(bookings(30, 33), 0);
  late.add(bookings(34, 35), 5);
  late.dropBefore(5);
  const { next } = kept;
  kept.takeOver(late);
  expect(all.bytes).toBeLessThan(weight);
  expect(kept.part(next)).toMatchObject({ after: null, upTo: '35' });
  late.add(bookings(34, 36), 0);
  late.add(bookings(37, 38), 5);
  late.dropBefore(5);
  kept.add(bookings(36, 36), 0);
  kept.takeOver(late);
  expect(kept.part(next)).toMatchObject({ after: null, upTo: '38' });
  expect(kept.count).toBe(5);
});

it('lets the oldest go by age, count and bytes, and counts what all keep', () => {
  const all = { bytes: 0 };
  const kept = keep(1, 10, all);
  kept.add(bookings(11, 20), 5);
  kept.dropBefore(5);
  expect(placesAfter(kept, 9)).toBeUndefined();
  expect(placesAfter(kept, 10)).toEqual(places(11, 20));
  kept.add(bookings(21, limits.maxKeptBookings + 1_000), 5);
  expect(kept.count).toBe(limits.maxKeptBookings);
  expect(all.bytes).toBeLessThanOrEqual(limits.maxKeptBytes);
  const long = { ...booking(100_000), viewer: 'v'.repeat(limits.maxKeptBytes / 4) };
  kept.add(
    places(100_000, 100_009).map((position) => ({ ...long, position: String(position) })),
    5,
  );
  expect(kept.count).toBe(3);
  kept.close();
  kept.add(bookings(200_000, 200_001), 5);
  expect(all.bytes).toBe(0);
});

it('keeps less of each live where all together are too many', () => {
  const all = { bytes: limits.maxKeptBytesInAll };
  const kept = keep(1, 10, all);
  expect(kept.count).toBe(0);
  expect(placesAfter(kept, 10)).toEqual([]);
  expect(placesAfter(kept, 9)).toBeUndefined();
});
