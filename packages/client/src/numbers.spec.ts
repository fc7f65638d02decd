import type { LiveTick, ShownBooking } from '@carat/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePositions, continueFeed, type FeedPlace, fresher, resumeFeed } from './numbers.ts';

const asOf = (position: string | null, generation = 'g') => ({ generation, position });

const tick = (position: string | null, generation = 'g', board = position, ended = false): LiveTick => ({
  live: 'l',
  asOf: asOf(position, generation),
  totals: { coins: 1, gifts: 1, senders: 1 },
  board: { asOf: asOf(board, generation), entries: [] },
  ended,
});

const booking = (position: string): ShownBooking => ({
  position,
  combo: 'x',
  viewer: 'v',
  gift: 'rose',
  booked: 1,
  count: 1,
  coins: 1,
  at: 1,
});

const feed = (after: string | null, position: string, bookings: string[], generation = 'g') => ({
  live: 'l',
  asOf: asOf(position, generation),
  after,
  bookings: bookings.map(booking),
});

describe('positions', () => {
  it('are ordered as the numbers that they are, also beyond 2^53', () => {
    const digits = fc.bigInt({ min: 0n, max: 10n ** 20n - 1n });
    fc.assert(
      fc.property(digits, digits, (one, other) => {
        const order = Math.sign(comparePositions(String(one), String(other)));
        expect(order).toBe(one < other ? -1 : one > other ? 1 : 0);
      }),
    );
    expect(comparePositions(null, '0')).toBeLessThan(0);
    expect(comparePositions('0', null)).toBeGreaterThan(0);
    expect(comparePositions(null, null)).toBe(0);
  });
});

describe('numbers', () => {
  it('go forwards within a generation, and are replaced by another one', () => {
    const shown = tick('10');
    expect(fresher(undefined, shown)).toBe(shown);
    for (const stale of [tick('9'), tick(null), tick('10')]) expect(fresher(shown, stale)).toBe(shown);
    for (const next of [tick('11'), tick('100'), tick('1', 'h'), tick(null, 'h')])
      expect(fresher(shown, next)).toEqual(next);
  });

  it('take totals and board each from where they are later, and the end from either', () => {
    expect(fresher(tick('10', 'g', '8'), tick('10', 'g', '9'))).toEqual(tick('10', 'g', '9'));
    expect(fresher(tick('10', 'g', '9'), tick('11', 'g', '7'))).toEqual(tick('11', 'g', '9'));
    expect(fresher(tick('10'), tick('9', 'g', '9', true))).toEqual(tick('10', 'g', '10', true));
    expect(fresher(tick('10', 'g', '10', true), tick('11')).ended).toBe(true);
  });
});

describe('feeds', () => {
  const place: FeedPlace = { asOf: asOf('20'), last: '15' };

  it('hand on each booking once, by the bookings themselves', () => {
    const next = continueFeed(place, feed('12', '21', ['14', '15', '18']));
    expect(next.part).toEqual({ bookings: [booking('18')], gap: false });
    expect(next.place).toEqual({ asOf: asOf('21'), last: '18' });
  });

  it('of an earlier place leave the place where it is', () => {
    const next = continueFeed(place, feed('9', '14', ['14']));
    expect(next).toEqual({ place, part: { bookings: [], gap: false } });
  });

  it('have a gap where they go on later than what was told, or cannot say', () => {
    const gap = (from: FeedPlace | undefined, after: string | null, generation = 'g') =>
      continueFeed(from, feed(after, '30', ['30'], generation)).part.gap;
    expect([gap(place, '21'), gap(place, '20'), gap(place, null), gap(undefined, '21')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    const resumed = resumeFeed(place, undefined);
    expect([gap(resumed, '21'), gap(resumed, '15'), gap(resumed, null)]).toEqual([true, false, true]);
    expect([gap(place, '15', 'h'), gap(place, '20', 'h'), gap(place, '3', 'h')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('go on from the known numbers after a reconnect, where none came so far', () => {
    expect(resumeFeed(undefined, undefined)).toBeUndefined();
    expect(resumeFeed(undefined, tick('7'))).toEqual({ asOf: asOf('7'), last: null });
  });
});
