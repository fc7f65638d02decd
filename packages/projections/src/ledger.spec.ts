import { expect, it } from 'vitest';
import { ledger } from './ledger.ts';
import { coinsGranted, giftSent, liveStarted } from './testing.ts';

it('adds every booking to one total', () => {
  const changes = [giftSent(), giftSent({ live: 'other', creator: 'dora' })].flatMap((event) =>
    ledger(event, '42'),
  );
  const one = { change: 'add', table: 'ledger', field: 'booked', amounts: [10, 2, 10_000] };
  expect(changes).toEqual([one, one]);
});

it('takes nothing from other events', () => {
  expect([...ledger(coinsGranted, '42'), ...ledger(liveStarted, '43')]).toEqual([]);
});
