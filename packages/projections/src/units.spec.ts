import { expect, it } from 'vitest';
import { coinsGranted, giftSent, liveStarted } from './testing.ts';
import { project, projectionOf, unitNames } from './units.ts';

it('moves live numbers and boards apart', () => {
  expect(unitNames).toEqual(['creators', 'boards']);
  const tables = (unit: 'creators' | 'boards') =>
    project(unit, giftSent(), '42').map(({ table }) => table.split(':')[0]);
  const ofLive = ['live-totals', 'live-totals', 'live-board', 'live-minutes', 'feed'];
  expect(tables('creators')).toEqual(['earnings', 'creator-days', 'ledger', ...ofLive]);
  expect(tables('boards')).toEqual([
    ...Array(4).fill('creator-board'),
    'ledger',
    ...Array(3).fill('gifter-board'),
  ]);
});

it('knows nothing but the event and its place', () => {
  for (const unit of unitNames) {
    expect(project(unit, giftSent(), '42')).toEqual(project(unit, giftSent(), '42'));
    expect(project(unit, coinsGranted, '42')).toEqual([]);
  }
});

it('gives each creator to one shard, and all of it', () => {
  const shards = 3;
  const all = (event: Parameters<typeof project>[1]) =>
    ([0, 1, 2] as const).map((shard) => projectionOf(`creators:${shard}`, { shards })(event, '42'));
  for (const creator of ['cleo', 'dora', 'emma', 'fay']) {
    const event = giftSent({ creator });
    const [mine, ...others] = all(event).toSorted((a, b) => b.length - a.length);
    expect(mine).toEqual(project('creators', event, '42'));
    expect(others).toEqual([[], []]);
  }
  expect(all(coinsGranted)).toEqual([[], [], []]);
  expect(all(liveStarted).flat()).toEqual(project('creators', liveStarted, '42'));
});

it('knows a board by its definition alone', () => {
  const board = {
    board: 'x',
    by: 'viewer',
    lives: [],
    gifts: [],
    from: null,
    to: null,
    window: 'all',
  } as const;
  expect(projectionOf('board:x', { shards: 1, board })(giftSent(), '42')).toEqual([
    { change: 'add', table: 'ranking:all:0', field: 'ann', amounts: [10], ranked: true },
  ]);
  expect(() => projectionOf('board:x', { shards: 1 })).toThrow('board:x is not defined');
});
