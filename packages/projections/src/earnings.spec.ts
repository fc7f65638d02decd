import { expect, it } from 'vitest';
import { earnings } from './earnings.ts';
import { coinsGranted, giftSent } from './testing.ts';

it('adds what a booking brings its creator', () => {
  expect(earnings(giftSent(), '7')).toEqual([
    { change: 'add', table: 'earnings', field: 'cleo', amounts: [10_000, 10, 2] },
  ]);
});

it('takes nothing from other events', () => {
  expect(earnings(coinsGranted, '7')).toEqual([]);
});
