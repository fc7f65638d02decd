import { expect, it } from 'vitest';
import { liveTotals } from './live-totals.ts';
import { coinsGranted, giftSent, liveStarted } from './testing.ts';

it('notes where in the log a live begins', () => {
  expect(liveTotals(liveStarted, '41')).toEqual([
    { change: 'set', table: 'live-totals:gala', field: 'begins', value: '41' },
  ]);
});

it('adds a booking to its live and to its gift', () => {
  expect(liveTotals(giftSent(), '42')).toEqual([
    { change: 'add', table: 'live-totals:gala', field: 'all', amounts: [10, 2, 10_000] },
    { change: 'add', table: 'live-totals:gala', field: 'gift:rose', amounts: [2, 10] },
  ]);
});

it('takes nothing from other events', () => {
  expect(liveTotals(coinsGranted, '42')).toEqual([]);
});
