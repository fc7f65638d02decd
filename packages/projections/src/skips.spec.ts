import type { Event } from '@carat/domain';
import { expect, it } from 'vitest';
import { skipsOf } from './skips.ts';

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
  expect(skipsOf([created])).toEqual({ creators: new Set(), boards: new Set() });
});

it('leaves an event out of the unit named, until that is taken back', () => {
  const events = [created, skipped('a', 'creators'), skipped('b', 'creators'), skipped('a', 'boards')];
  expect(skipsOf(events)).toEqual({ creators: new Set(['a', 'b']), boards: new Set(['a']) });
  expect(skipsOf([...events, unskipped('a', 'creators')]).creators).toEqual(new Set(['b']));
});

it('does not mind units that it does not know', () => {
  expect(skipsOf([skipped('a', 'toString')]).creators).toEqual(new Set());
});
