import type { Event } from '@carat/domain';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addChanges, type Batch, emptyBatch } from './batch.ts';
import { coinsGranted, giftSent, liveStarted } from './testing.ts';
import { gatheringOf, projectionOf } from './units.ts';

type Entry = { readonly event: Event; readonly position: string };

/** The end of a Sunday, and so of a week; the next hour ends within the same day. */
const midnight = Date.parse('2026-11-23T00:00:00Z');
const instants = fc
  .tuple(fc.constantFrom(midnight, midnight + 3_600_000), fc.integer({ min: -100_000, max: 100_000 }))
  .map(([turn, ms]) => turn + ms);
const amounts = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 50 }) }, fc.constant(0));
const gift = fc
  .record({
    viewer: fc.constantFrom('ann', 'bob', 'cyd'),
    live: fc.constantFrom('gala', 'brunch'),
    creator: fc.constantFrom('cleo', 'dora'),
    gift: fc.constantFrom('rose', 'crown'),
    booked: amounts,
    coins: amounts,
    millidiamonds: amounts,
    at: instants,
  })
  .map((data) => giftSent(data));
const events = fc.array(
  fc.oneof({ weight: 12, arbitrary: gift }, fc.constant(coinsGranted), fc.constant(liveStarted)),
  { maxLength: 40 },
);

const placed = (all: readonly Event[]): Entry[] =>
  all.map((event, n) => ({ event, position: String(n + 95) }));

const oneByOne = (
  unit: 'creators' | 'boards' | 'creators:1',
  shards: number,
  all: readonly Entry[],
): Batch => {
  const batch = emptyBatch();
  const project = projectionOf(unit, { shards });
  for (const { event, position } of all) addChanges(batch, project(event, position), position);
  return batch;
};

const gathered = (
  unit: 'creators' | 'boards' | 'creators:1',
  shards: number,
  all: readonly Entry[],
): Batch => {
  const batch = emptyBatch();
  const project = projectionOf(unit, { shards });
  const gathering = gatheringOf(unit, { shards })!;
  for (const { event, position } of all) {
    const beside = gathering.take(event, position);
    const changes = beside ?? project(event, position);
    if (beside === undefined && changes.length > 0) gathering.addTo(batch);
    addChanges(batch, changes, position);
  }
  expect(gathering.writes() + batch.writes).toBeGreaterThanOrEqual(oneByOne(unit, shards, all).writes);
  gathering.addTo(batch);
  return batch;
};

const wholeOf = ({ tables, feeds }: Batch) => ({
  tables,
  feeds: [...feeds].map(([name, feed]) => [name, feed.parts()]),
});

it.each([
  ['creators', 1],
  ['boards', 1],
  ['creators:1', 2],
] as const)('adds up to the same as one by one: %s of %i', (unit, shards) => {
  fc.assert(
    fc.property(events.map(placed), (all) => {
      expect(wholeOf(gathered(unit, shards, all))).toEqual(wholeOf(oneByOne(unit, shards, all)));
    }),
    { numRuns: 300 },
  );
});

it('leaves to others what is no gift, or adds nothing to some total', () => {
  const gathering = gatheringOf('boards', { shards: 1 })!;
  expect(gathering.take(giftSent(), '1')).toEqual([]);
  for (const event of [liveStarted, giftSent({ millidiamonds: 0 }), giftSent({ coins: -1 })]) {
    expect(gathering.take(event, '2')).toBeUndefined();
  }
});

it('begins anew once all of it is added, and is not worth it for a board of an operator', () => {
  const gathering = gatheringOf('boards', { shards: 1 })!;
  gathering.take(giftSent(), '1');
  gathering.addTo(emptyBatch());
  const batch = emptyBatch();
  gathering.addTo(batch);
  expect(batch).toEqual(emptyBatch());
  expect(gathering.writes()).toBe(0);
  expect(gatheringOf('board:x', { shards: 1 })).toBeUndefined();
});
