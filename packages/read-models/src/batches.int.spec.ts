import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dumpUnit } from './dump.ts';
import { feedLimits } from './feeds.ts';
import { ranksKey, tableKey } from './keys.ts';
import { createReader } from './reader.ts';
import { tables } from './tables.ts';
import { type Booking, batchOf, live, reached } from './testing/batches.ts';
import { freshGeneration, openRedis } from './testing/redis.ts';
import { decodeTotal } from './totals.ts';
import { createWriter } from './writer.ts';

let server: Awaited<ReturnType<typeof openRedis>>;
let redis: Redis;

beforeAll(async () => {
  server = await openRedis();
  redis = server.connect();
});
afterAll(() => server.close());

/**
 * Applies the bookings cut at these places; a writer that remembers nothing takes over where `forgets` says
 * so. A unit that is filled takes each part in pieces.
 */
const applyCut = async (
  bookings: readonly Booking[],
  cuts: readonly number[],
  { forgets = false, isFilled = false } = {},
) => {
  const generation = await freshGeneration(redis);
  let writer = createWriter(redis, generation, 'creators');
  await writer.resume();
  const ends = [...new Set([...cuts.map((cut) => cut % bookings.length), bookings.length])].sort(
    (a, b) => a - b,
  );
  let first = 0;
  for (const end of ends) {
    const part = bookings.slice(first, end);
    if (part.length === 0) continue;
    const sent = await writer.send(batchOf(part), reached(part, !isFilled));
    if ('inexact' in sent) throw new Error('inexact');
    expect((await sent.done).outcome).toBe('applied');
    first = end;
    if (!forgets) continue;
    writer = createWriter(redis, generation, 'creators');
    await writer.resume();
  }
  return generation;
};
/** Members of the sorted set whose score there is not what they have. */
const wronglyRanked = async (generation: string): Promise<string[]> => {
  const board = tables.liveBoard(live);
  const totals = await redis.hgetall(tableKey(generation, 'creators', board));
  const ranks = await redis.zrange(ranksKey(generation, 'creators', board), '0', '-1', 'WITHSCORES');
  return ranks.filter((id, i) => i % 2 === 0 && decodeTotal(totals[id]!).amounts[0] !== Number(ranks[i + 1]));
};
const dump = (generation: string) => dumpUnit(redis, generation, 'creators');

/** Many viewers with few different totals, so that ties lie at the cut of a thousand again and again. */
const manyBookings = (seed: number, count: number, viewers: number): Booking[] => {
  let state = seed;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, (_, i) => ({
    place: i + 1,
    viewer: `viewer-${draw(viewers)}`,
    coins: 1 + draw(2),
    at: i * 3,
  }));
};

it('comes to the same numbers however the events are cut, and whoever applies them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.uniqueArray(fc.nat(6_000), { minLength: 1, maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      async (seed, cuts, forgets, isFilled) => {
        const bookings = manyBookings(seed, 6_000, isFilled ? 3_600 : 1_800);
        const whole = await dump(await applyCut(bookings, []));
        const generation = await applyCut(bookings, cuts, { forgets, isFilled });
        expect(await dump(generation)).toEqual(whole);
        expect(await wronglyRanked(generation)).toEqual([]);
        const totals = new Map<string, { coins: number; place: number }>();
        for (const { viewer, coins, place } of bookings) {
          totals.set(viewer, { coins: coins + (totals.get(viewer)?.coins ?? 0), place });
        }
        const best = [...totals]
          .sort(([, a], [, b]) => b.coins - a.coins || a.place - b.place)
          .slice(0, 1_000);
        expect(whole.filter((row) => row.startsWith('ranks:'))).toEqual(
          best.map(([viewer, { coins }]) => `ranks:live-board:gala ${viewer} ${coins}`),
        );
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
}, 60_000);

it('ranks nobody by a score of before, however many a batch raises', async () => {
  const raise = (n: number): number => (n >= 1_500 && n < 1_600 ? 1 : n < 1_400 ? 1 : 100_000);
  const first = Array.from({ length: 2_500 }, (_, n) => [n, 10_000 + n] as const);
  const second = first.map(([n]) => [n, raise(n)] as const);
  const bookings = [...first, ...second].map(([n, coins], i) => ({
    place: i + 1,
    viewer: `viewer-${n}`,
    coins,
    at: i,
  }));
  expect(await wronglyRanked(await applyCut(bookings, [first.length]))).toEqual([]);
});

it('trims a feed to what it holds, in whatever batches the bookings came', async () => {
  const count = feedLimits.minBookings + 2 * feedLimits.trimEveryBookings;
  const bookings = Array.from({ length: count }, (_, i) => ({
    place: i + 1,
    viewer: 'ann',
    coins: 1,
    at: i < 5 || i > count - 5 ? 1_000_000 : 0,
  }));
  const quiet = bookings.map((booking, i) => ({ ...booking, at: i < count / 2 ? 0 : 1_000_000 }));
  const steps = (every: number) => Array.from({ length: Math.floor(count / every) }, (_, i) => i * every);
  for (const [list, held] of [
    [bookings, count],
    [quiet, feedLimits.minBookings],
  ] as const) {
    const dumps = [];
    for (const every of [97, 2_500]) {
      const generation = await applyCut(list, steps(every));
      const rows = (await dump(generation)).filter((row) => row.startsWith('feed:'));
      expect(rows).toHaveLength(held);
      dumps.push(rows);
      const kept = (await redis.xrange(tableKey(generation, 'creators', tables.feed(live)), '-', '+')).reduce(
        (sum, [, fields]) => sum + Number(fields[3]),
        0,
      );
      expect(kept).toBeLessThanOrEqual(held + 2 * 250 + feedLimits.trimEveryBookings);
      expect(kept).toBeGreaterThanOrEqual(held);
    }
    expect(dumps[0]).toEqual(dumps[1]);
  }
}, 60_000);

it('pages through a feed without a gap, and tells where one is', async () => {
  const count = feedLimits.minBookings + feedLimits.trimEveryBookings;
  const bookings = Array.from({ length: count }, (_, i) => ({
    place: 2 * i + 2,
    viewer: 'ann',
    coins: 1,
    at: i < count - 1 ? 0 : 1_000_000,
  }));
  await applyCut(bookings, [100, 101, 102, 5_000, 10_100]);
  const reader = createReader(redis);
  const seen: string[] = [];
  const oldest = bookings.at(-feedLimits.minBookings)!.place;
  let after: string | undefined = String(oldest);
  for (;;) {
    const page = await reader.liveFeed({ live, creator: 'cleo' }, { after, limit: 777 });
    expect(page?.gap).toBe(false);
    if (!page?.bookings.length) break;
    seen.push(...page.bookings.map(({ position }) => position));
    after = page.next!;
  }
  expect(seen).toEqual(bookings.slice(-feedLimits.minBookings + 1).map(({ place }) => String(place)));

  const late = await reader.liveFeed({ live, creator: 'cleo' }, { after: '2', limit: 5 });
  expect(late?.gap).toBe(true);
  const newest = await reader.liveFeed({ live, creator: 'cleo' }, { limit: 3 });
  expect(newest?.bookings.map(({ position }) => Number(position))).toEqual(
    bookings.slice(-3).map(({ place }) => place),
  );
  expect(
    await reader.liveFeed({ live, creator: 'cleo' }, { after: '99999999999999999999', limit: 3 }),
  ).toMatchObject({
    bookings: [],
    gap: false,
  });
}, 60_000);
