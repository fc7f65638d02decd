import { expect, it } from 'vitest';
import { gifterBoards } from './gifter-boards.ts';
import { coinsGranted, giftSent } from './testing.ts';

const begins = (text: string) => Date.parse(`${text}Z`);

it('ranks viewers by coins in the day and week of the booking and of all time', () => {
  const changes = gifterBoards(giftSent({ at: begins('2026-11-22T12:34:56.789') }), '42');
  expect(changes).toEqual(
    [
      `gifter-board:day:${begins('2026-11-22T00:00')}`,
      `gifter-board:week:${begins('2026-11-16T00:00')}`,
      'gifter-board:all:0',
    ].map((table) => ({ change: 'add', table, field: 'ann', amounts: [10], ranked: true })),
  );
});

it('takes nothing from other events', () => {
  expect(gifterBoards(coinsGranted, '42')).toEqual([]);
});
