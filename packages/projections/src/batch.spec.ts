import { expect, it } from 'vitest';
import { addChanges, emptyBatch, findFault } from './batch.ts';
import type { Change } from './changes.ts';

const add = (field: string, ...amounts: number[]): Change => ({
  change: 'add',
  table: 'table',
  field,
  amounts,
});

it('adds amounts up per table and field, and keeps the place of the last', () => {
  const batch = emptyBatch();
  addChanges(batch, [add('a', 1, 10), add('b', 5, 5)], '1');
  addChanges(batch, [add('a', 2, 20)], '2');
  expect(batch.tables.get('table')?.sums).toEqual(
    new Map([
      ['a', { amounts: [3, 30], place: '2' }],
      ['b', { amounts: [5, 5], place: '1' }],
    ]),
  );
});

it('leaves the place where it is as long as the first amount does not grow', () => {
  const batch = emptyBatch();
  addChanges(batch, [add('a', 1, 1)], '1');
  addChanges(batch, [add('a', 0, 1)], '2');
  expect(batch.tables.get('table')?.sums.get('a')).toEqual({ amounts: [1, 2], place: '1' });
});

it('does not touch the changes it is given', () => {
  const change = add('a', 1);
  const batch = emptyBatch();
  addChanges(batch, [change], '1');
  addChanges(batch, [change], '2');
  expect(change).toEqual(add('a', 1));
});

it('keeps the last value set and all entries of a feed', () => {
  const batch = emptyBatch();
  for (const position of ['1', '2']) {
    const changes: Change[] = [
      { change: 'set', table: 'table', field: 'f', value: position },
      { change: 'feed', table: 'feed', entry: { position, at: 0 } },
    ];
    addChanges(batch, changes, position);
  }
  expect(batch.tables.get('table')?.values).toEqual(new Map([['f', '2']]));
  const parts = [{ from: '1', position: '2', bookings: 2, latest: 0 }];
  expect(batch.feeds.get('feed')?.parts()).toMatchObject(parts);
});

it('counts what it costs to write: each field once, ranked ones twice', () => {
  const batch = emptyBatch();
  addChanges(batch, [add('a', 1), add('b', 1)], '1');
  addChanges(batch, [add('a', 1), { ...add('c', 1), ranked: true } as Change], '2');
  expect(batch.writes).toBe(4);
});

it.each([[-1], [0.5], [Number.NaN], [2 ** 53]])('finds an amount that no total may grow by: %s', (amount) => {
  expect(findFault([add('a', 1), add('b', amount)])).toContain('table b');
});

it('finds no fault with integers', () => {
  expect(findFault([add('a', 0, Number.MAX_SAFE_INTEGER)])).toBeUndefined();
});
