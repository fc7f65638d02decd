import type { Position } from '@carat/event-store';
import type { ShownBooking } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { compareField, compareRanks, createFeedComparison } from './compare.ts';
import { digestOf } from './digest.ts';
import type { FoldedFeed, FoldedTable, Row } from './fold.ts';

const tableOf = (rows: Record<string, Row>): FoldedTable => ({
  rows: new Map(Object.entries(rows)),
  amountsOf: () => ['coins', 'gifts'],
  ranked: true,
});
const row = (place: string, ...amounts: number[]): Row => ({ amounts, place: place as Position });

describe('comparing a field', () => {
  const table = tableOf({ ann: row('7', 30, 3) });

  it('takes exactly what the log says', () => {
    expect(compareField(table, 'ann', '30 3 7')).toBeUndefined();
  });

  it.each([
    ['ann', '31 3 7', 'ann says 31 coins, 3 gifts, at 7, the log says 30 coins, 3 gifts, at 7'],
    ['ann', '30 3 8', 'ann says 30 coins, 3 gifts, at 8, the log says 30 coins, 3 gifts, at 7'],
    ['ann', '30 7', 'ann says 30 coins, at 7, the log says 30 coins, 3 gifts, at 7'],
    ['eve', '1 1 2', 'eve says 1 coins, 1 gifts, at 2, the log knows nothing of it'],
  ])('tells what is wrong with %s %s', (field, value, said) => {
    expect(compareField(table, field, value)).toBe(said);
  });
});

describe('comparing ranks', () => {
  it('wants the right score of whoever is in, and everyone of a short table', () => {
    const table = tableOf({ ann: row('7', 30), bob: row('8', 20) });
    const scores = (...pairs: [string, string][]) => compareRanks(table, pairs);
    expect(scores(['ann', '30'], ['bob', '20'])).toEqual([]);
    expect(scores(['ann', '31'], ['bob', '20'])).toEqual(['ann ranks with 31, the log says 30']);
    expect(scores(['ann', '30'])).toEqual(['bob is missing, who ranks with 20 by the log']);
    expect(scores(['ann', '30'], ['bob', '20'], ['eve', '1'])).toEqual([
      'eve ranks with 1, the log says nothing',
    ]);
  });

  it('of a long table wants the first 1,000, ties by who was first', () => {
    const rows = Array.from({ length: 1_500 }, (_, i): [string, Row] => [
      `v${i}`,
      row(String(2_000 - i), 10),
    ]);
    const table = tableOf(Object.fromEntries(rows));
    const members = (from: number): [string, string][] => rows.slice(from).map(([id]) => [id, '10']);
    expect(compareRanks(table, members(500))).toEqual([]);
    expect(compareRanks(table, members(400))).toEqual([]);
    expect(compareRanks(table, members(501))).toEqual(['v500 is missing, who ranks with 10 by the log']);
  });
});

describe('comparing a feed', () => {
  const booking = (n: number): ShownBooking => ({
    position: String(n),
    combo: 'combo',
    viewer: 'ann',
    gift: 'rose',
    booked: 1,
    count: n,
    coins: 5,
    at: n * 1_000,
  });
  const bookings = (first: number, last: number): ShownBooking[] =>
    Array.from({ length: last - first + 1 }, (_, i) => booking(first + i));
  const feedOf = (count: number): FoldedFeed => ({
    count,
    latest: count * 1_000,
    digests: bookings(1, count).map(digestOf),
    times: bookings(1, count).map(({ at }) => at),
  });
  const place = { position: null, event: null };
  const slice = (count: number, ...entries: [upTo: number, shown: ShownBooking[]][]) => ({
    place,
    head: { count, latest: count * 1_000 },
    rows: entries.map(([upTo, shown]) => ({ upTo, bookings: shown })),
  });

  it('takes all bookings in order, over several slices and while it grows', () => {
    const feed = createFeedComparison();
    expect(feed.see(slice(5, [2, bookings(1, 2)], [5, bookings(3, 5)]), feedOf(5))).toEqual([]);
    expect(feed.see(slice(7, [7, bookings(6, 7)]), feedOf(7))).toEqual([]);
    expect(feed.finish(feedOf(7))).toEqual([]);
  });

  it('takes a feed without its oldest bookings, as long as it holds the last 10,000', () => {
    const comparison = () => createFeedComparison();
    expect(comparison().see(slice(10_005, [10_005, bookings(6, 10_005)]), feedOf(10_005))).toEqual([]);
    expect(comparison().see(slice(10_005, [10_005, bookings(7, 10_005)]), feedOf(10_005))).toEqual([
      'it begins with booking 7, but must hold those from 6 on',
    ]);
  });

  it('names bookings that are wrong, missing in between or at the end, and a wrong head', () => {
    const changed = createFeedComparison();
    expect(changed.see(slice(2, [2, [booking(1), { ...booking(2), viewer: 'eve' }]]), feedOf(2))).toEqual([
      'booking 2 (position 2) is not what the log says',
    ]);
    const gap = createFeedComparison();
    expect(gap.see(slice(5, [2, bookings(1, 2)], [5, bookings(4, 5)]), feedOf(5))).toEqual([
      'bookings 3 to 3 are missing',
    ]);
    const short = createFeedComparison();
    short.see(slice(5, [2, bookings(1, 2)]), feedOf(5));
    expect(short.finish(feedOf(5))).toEqual(['it ends with booking 2, the log has 5']);
    expect(createFeedComparison().see(slice(4, [5, bookings(1, 5)]), feedOf(5))).toEqual([
      'it counts 4 bookings up to 4000, the log has 5 up to 5000',
    ]);
  });
});
