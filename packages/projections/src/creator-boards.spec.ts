import { expect, it } from 'vitest';
import { creatorBoards } from './creator-boards.ts';
import { coinsGranted, giftSent } from './testing.ts';

const begins = (text: string) => Date.parse(`${text}Z`);

it('ranks creators by millidiamonds in the hour, day and week of the booking and of all time', () => {
  const changes = creatorBoards(giftSent({ at: begins('2026-11-22T12:34:56.789') }), '42');
  expect(changes).toEqual(
    [
      `creator-board:hour:${begins('2026-11-22T12:00')}`,
      `creator-board:day:${begins('2026-11-22T00:00')}`,
      `creator-board:week:${begins('2026-11-16T00:00')}`,
      'creator-board:all:0',
    ].map((table) => ({ change: 'add', table, field: 'cleo', amounts: [10_000], ranked: true })),
  );
});

it('takes nothing from other events', () => {
  expect(creatorBoards(coinsGranted, '42')).toEqual([]);
});
