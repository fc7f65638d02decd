import type { Event } from '@carat/domain';
import { expect, it } from 'vitest';
import { skippedBy, skipsOf } from './skips.ts';

const created: Event = { type: 'LogCreated', data: { logId: 'l' } };
const skipped = (event: string, unit: string): Event => ({
  type: 'EventSkipped',
  data: { event, unit, by: 'op', reason: 'broken' },
});
const unskipped = (event: string, unit: string): Event => ({
  type: 'EventUnskipped',
  data: { event, unit, by: 'op' },
});

it('leaves out nothing by itself', () => {
  expect(skippedBy(skipsOf([created]), 'creators')).toEqual(new Set());
});

it('leaves an event out of the unit named, until that is taken back', () => {
  const events = [created, skipped('a', 'creators'), skipped('b', 'creators'), skipped('a', 'boards')];
  const skips = skipsOf(events);
  expect(skippedBy(skips, 'creators')).toEqual(new Set(['a', 'b']));
  expect(skippedBy(skips, 'boards')).toEqual(new Set(['a']));
  const fewer = skipsOf([...events, unskipped('a', 'creators'), unskipped('c', 'nowhere')]);
  expect(skippedBy(fewer, 'creators')).toEqual(new Set(['b']));
});

it('leaves what is left out of creators out of all their shards, and of a board only itself', () => {
  const skips = skipsOf([skipped('a', 'creators'), skipped('b', 'board:x')]);
  expect(skippedBy(skips, 'creators:3')).toEqual(new Set(['a']));
  expect(skippedBy(skips, 'board:x')).toEqual(new Set(['b']));
  expect(skippedBy(skips, 'board:y')).toEqual(new Set());
});
