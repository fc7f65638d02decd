import type { BoardDefinition } from '@carat/domain';
import { expect, it } from 'vitest';
import { definedBoard } from './defined-board.ts';
import { coinsGranted, giftSent } from './testing.ts';

const at = Date.parse('2026-11-22T12:34:56.789Z');
const gift = giftSent({ at });
const all: BoardDefinition = {
  board: 'spring',
  by: 'viewer',
  lives: [],
  gifts: [],
  from: null,
  to: null,
  window: 'all',
};
const changesOf = (more: Partial<BoardDefinition>) => definedBoard({ ...all, ...more })(gift, '42');

it('ranks viewers by coins', () => {
  expect(changesOf({ by: 'viewer' })).toEqual([
    { change: 'add', table: 'ranking:all:0', field: 'ann', amounts: [10], ranked: true },
  ]);
});

it('ranks creators by thousandths of diamonds', () => {
  expect(changesOf({ by: 'creator' })).toMatchObject([{ field: 'cleo', amounts: [10_000] }]);
});

it.each([
  ['hour', '2026-11-22T12:00Z'],
  ['day', '2026-11-22T00:00Z'],
  ['week', '2026-11-16T00:00Z'],
] as const)('begins anew with each %s', (window, begins) => {
  expect(changesOf({ window })).toMatchObject([{ table: `ranking:${window}:${Date.parse(begins)}` }]);
});

it.each<[string, Partial<BoardDefinition>, boolean]>([
  ['one of its lives', { lives: ['opening', 'gala'] }, true],
  ['none of its lives', { lives: ['opening'] }, false],
  ['one of its gifts', { gifts: ['rose', 'lion'] }, true],
  ['none of its gifts', { gifts: ['lion'] }, false],
  ['one of its lives, none of its gifts', { lives: ['gala'], gifts: ['lion'] }, false],
  ['its first instant', { from: at }, true],
  ['the instant before', { from: at + 1 }, false],
  ['its last instant', { to: at + 1 }, true],
  ['the instant after', { to: at }, false],
])('counts a booking of %s: %#', (_, more, counts) => {
  expect(changesOf(more)).toHaveLength(counts ? 1 : 0);
});

it('takes nothing from other events', () => {
  expect(definedBoard(all)(coinsGranted, '42')).toEqual([]);
});
