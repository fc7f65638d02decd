import { expect, it } from 'vitest';
import { liveBoard } from './live-board.ts';
import { giftSent, liveStarted } from './testing.ts';

it('ranks the senders of a live by coins', () => {
  expect(liveBoard(giftSent(), '42')).toEqual([
    { change: 'add', table: 'live-board:gala', field: 'ann', amounts: [10], ranked: true },
  ]);
});

it('takes nothing from other events', () => {
  expect(liveBoard(liveStarted, '42')).toEqual([]);
});
