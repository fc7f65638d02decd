import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compareFeeds } from './compare-feeds.ts';
import { activeGeneration, beginGeneration } from './generations.ts';
import { tableKey } from './keys.ts';
import { tables } from './tables.ts';
import { type Booking, batchOf, live, reached } from './testing/batches.ts';
import { openRedis } from './testing/redis.ts';
import { createWriter } from './writer.ts';

let server: Awaited<ReturnType<typeof openRedis>>;
let redis: Redis;

beforeAll(async () => {
  server = await openRedis();
  redis = server.connect();
});
afterAll(() => server.close());

const unit = 'creators';
const feed = tables.feed(live);
const placeOf = (n: number): number => 5 + 3 * n;
const bookings = (count: number): Booking[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ place: placeOf(n), coins: 1 + (n % 7), at: n },
    // What looks like the beginning of a booking is none within a name.
    viewer: n % 5 === 0 ? `{"position":"${placeOf(n + 2)}"` : `viewer-${n}`,
  }));

/** A generation that was given these bookings so many at a time. */
const filled = async (all: readonly Booking[], sizes: readonly number[]): Promise<string> => {
  const begun = { projections: 1, log: 'log-1' };
  const { generation } = await beginGeneration(redis, begun, await activeGeneration(redis));
  const writer = createWriter(redis, generation, unit);
  await writer.resume();
  for (let first = 0, n = 0; first < all.length; n++) {
    const part = all.slice(first, first + sizes[n % sizes.length]!);
    const sent = await writer.send(batchOf(part), reached(part));
    if ('inexact' in sent) throw new Error('inexact');
    expect((await sent.done).outcome).toBe('applied');
    first += part.length;
  }
  return generation;
};

const differences = async (live: string, rebuilt: string) => {
  const compared = { redis, unit, live, rebuilt, align: async () => undefined } as const;
  const found = [];
  for await (const { field, live, rebuilt } of compareFeeds(compared, [feed])) {
    found.push([Number(field), live && JSON.parse(live), rebuilt && JSON.parse(rebuilt)]);
  }
  return found;
};
const shown = ({ place, ...rest }: Booking) => ({ position: String(place), ...rest });

const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 });

it('finds no difference in the same bookings, however they were cut and whatever was let go', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3_000 }),
      sizes,
      sizes,
      fc.nat(4),
      async (count, a, b, gone) => {
        const all = bookings(count);
        const [one, other] = [await filled(all, a), await filled(all, b)];
        const entries = await redis.xrange(tableKey(one, unit, feed), '-', '+');
        for (const [id] of entries.slice(0, Math.min(gone, entries.length - 1))) {
          await redis.xdel(tableKey(one, unit, feed), id);
        }
        expect(await differences(one, other)).toEqual([]);
      },
    ),
    { numRuns: 25 },
  );
});

it('finds the one booking that is not the same, or is not there', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 3_000 }),
      sizes,
      sizes,
      fc.nat(3_000),
      fc.boolean(),
      async (count, a, b, at, isGone) => {
        const all = bookings(count);
        // Where the first or the last is gone nobody can tell whether it was ever there.
        const n = isGone ? 1 + (at % Math.max(1, count - 2)) : at % count;
        const changed = { ...all[n]!, coins: 100 };
        const others = isGone && count > 2 ? all.toSpliced(n, 1) : all.with(n, changed);
        const [one, other] = [await filled(all, a), await filled(others, b)];
        const rebuilt = isGone && count > 2 ? null : shown(changed);
        expect(await differences(one, other)).toEqual([[placeOf(n), shown(all[n]!), rebuilt]]);
      },
    ),
    { numRuns: 25 },
  );
});
