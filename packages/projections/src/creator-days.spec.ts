import { expect, it } from 'vitest';
import { creatorDays } from './creator-days.ts';
import { coinsGranted, giftSent, liveStarted } from './testing.ts';

it('adds a booking to the day of UTC it was booked on', () => {
  const day = Date.parse('2026-11-22T00:00:00Z');
  const bookedOn = (at: number) => creatorDays(giftSent({ at }), '42').map((change) => change.table);
  expect(creatorDays(giftSent(), '42')).toEqual([
    { change: 'add', table: `creator-days:${day}`, field: 'cleo', amounts: [10, 2, 10_000] },
  ]);
  expect([86_399_999, 86_400_000, -1].map((ms) => bookedOn(day + ms))).toEqual(
    [0, 86_400_000, -86_400_000].map((ms) => [`creator-days:${day + ms}`]),
  );
});

it('takes nothing from other events', () => {
  expect([...creatorDays(coinsGranted, '42'), ...creatorDays(liveStarted, '43')]).toEqual([]);
});
