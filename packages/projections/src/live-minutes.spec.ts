import { expect, it } from 'vitest';
import { liveMinutes } from './live-minutes.ts';
import { coinsGranted, giftSent, liveStarted } from './testing.ts';

it('adds a booking to the minute it was booked in', () => {
  const minute = Date.parse('2026-11-22T12:00:00Z');
  const bookedIn = (at: number) =>
    liveMinutes(giftSent({ at }), '42').map(
      (change) => 'field' in change && `${change.table} ${change.field}`,
    );
  expect(liveMinutes(giftSent(), '42')).toEqual([
    { change: 'add', table: `live-minutes:${minute}`, field: `${minute}:gala`, amounts: [10, 2, 10_000] },
  ]);
  const hour = 3_600_000;
  expect([0, 59_999, 60_000, hour + 60_000, -1, 0].map((ms) => bookedIn(minute + ms))).toEqual([
    [`live-minutes:${minute} ${minute}:gala`],
    [`live-minutes:${minute} ${minute}:gala`],
    [`live-minutes:${minute} ${minute + 60_000}:gala`],
    [`live-minutes:${minute + hour} ${minute + hour + 60_000}:gala`],
    [`live-minutes:${minute - hour} ${minute - 60_000}:gala`],
    [`live-minutes:${minute} ${minute}:gala`],
  ]);
});

it('takes nothing from other events', () => {
  expect([...liveMinutes(coinsGranted, '42'), ...liveMinutes(liveStarted, '43')]).toEqual([]);
});
