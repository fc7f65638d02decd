import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { activeGeneration, beginGeneration, dropAbandoned } from './generations.ts';
import { checkpointKey } from './keys.ts';
import { repeatPlace, type UnitMessage } from './messages.ts';
import { readCheckpoint } from './questions.ts';
import { createReader } from './reader.ts';
import { subscribeToCreators } from './subscription.ts';
import { type Booking, batchOf, live, reached } from './testing/batches.ts';
import { freshGeneration, openRedis } from './testing/redis.ts';
import { createWriter } from './writer.ts';

let server: Awaited<ReturnType<typeof openRedis>>;
let redis: Redis;
let generation: string;

beforeAll(async () => {
  server = await openRedis();
  redis = server.connect();
});
afterAll(() => server.close());
beforeEach(async () => {
  generation = await freshGeneration(redis);
});

/** Whose live it is does not matter while nothing is sharded. */
const of = { live, creator: 'cleo' };

const apply = async (bookings: Booking[], { atHead = true, into = generation } = {}) => {
  const writer = createWriter(redis, into, 'creators');
  await writer.resume();
  const sent = await writer.send(batchOf(bookings), reached(bookings, atHead));
  if ('done' in sent) expect((await sent.done).outcome).toBe('applied');
};
const booking = (place: number, viewer: string, coins: number): Booking => ({
  place,
  viewer,
  coins,
  at: place,
});

it('knows nothing while there is no generation, or it is being filled, or is broken', async () => {
  await redis.flushall();
  expect(await createReader(redis).liveNumbers(of, 10)).toBeUndefined();
  generation = await freshGeneration(redis);
  expect(await createReader(redis).liveNumbers(of, 10)).toBeUndefined();
  await apply([booking(1, 'ann', 5)], { atHead: false });
  expect(await createReader(redis).earnings('cleo')).toBeUndefined();
  await apply([booking(2, 'ann', 5)]);
  expect(await createReader(redis).liveNumbers(of, 10)).toBeDefined();
  await redis.hset(checkpointKey(generation, 'creators'), 'torn', 'x');
  expect(await createReader(redis).liveNumbers(of, 10)).toBeUndefined();
});

it('answers zeros for whom nobody has gifted, as of where the unit stands', async () => {
  await apply([booking(7, 'ann', 5)]);
  const reader = createReader(redis);
  const asOf = { generation, position: '7' };
  expect(await reader.earnings('nobody')).toEqual({ asOf, millidiamonds: 0, coins: 0, gifts: 0 });
  expect(await reader.liveTotals({ live: 'no-live', creator: 'c' })).toEqual({
    asOf,
    totals: { coins: 0, gifts: 0, senders: 0, millidiamonds: 0 },
    perGift: [],
  });
  expect(await reader.liveBoard({ live: 'no-live', creator: 'c' }, 10)).toEqual({ asOf, entries: [] });
  expect(await reader.liveFeed({ live: 'no-live', creator: 'c' }, { limit: 10 })).toEqual({
    asOf,
    bookings: [],
    next: null,
    gap: false,
  });
});

it('reads totals, senders and board of a live in one', async () => {
  await apply([booking(1, 'ann', 5), booking(2, 'bob', 7), booking(3, 'ann', 1)]);
  expect(await createReader(redis).liveNumbers(of, 1)).toEqual({
    asOf: { generation, position: '3' },
    totals: { coins: 13, gifts: 3, senders: 2, millidiamonds: 13 },
    board: [{ id: 'bob', score: 7 }],
  });
});

it('gives the earlier of two equals the better place, also at the cut', async () => {
  await apply([booking(1, 'zoe', 5), booking(2, 'ann', 5), booking(3, 'bob', 5), booking(4, 'top', 6)]);
  const board = await createReader(redis).liveBoard(of, 3);
  expect(board?.entries.map(({ id }) => id)).toEqual(['top', 'zoe', 'ann']);
});

it('follows the pointer to another generation', async () => {
  await apply([booking(1, 'ann', 5)]);
  const reader = createReader(redis);
  expect((await reader.liveNumbers(of, 1))?.asOf.generation).toBe(generation);
  const old = (await activeGeneration(redis))!;
  const next = await beginGeneration(redis, { projections: 1, log: 'log-2' }, old);
  expect(next.abandoned).toEqual([generation]);
  await apply([booking(1, 'bob', 9)], { into: next.generation });
  await dropAbandoned(redis, next);
  expect((await reader.liveNumbers(of, 1))?.asOf.generation).toBe(next.generation);
  expect(await redis.keys(`carat:${generation}:*`)).toEqual([]);
  expect((await activeGeneration(redis))?.abandoned).toEqual([]);
});

it('lets only one of several begin a generation', async () => {
  await redis.flushall();
  const begun = await Promise.all(
    [1, 2, 3].map(() => beginGeneration(redis, { projections: 1, log: 'log-1' }, undefined)),
  );
  expect(new Set(begun.map((found) => found.generation)).size).toBe(1);
  const keys = await redis.keys('carat:*');
  expect(keys).toHaveLength(3);
});

it('says what each application changed, where it began and where it led', async () => {
  const messages: UnitMessage[] = [];
  const subscription = await subscribeToCreators(server.connect(), {
    onMessage: (message) => messages.push(message),
  });
  await vi.waitFor(
    async () => {
      await repeatPlace(
        redis,
        generation,
        'creators',
        (await readCheckpoint(redis, generation, 'creators'))!,
      );
      expect(messages.length).toBeGreaterThan(0);
    },
    { timeout: 5_000 },
  );
  expect(messages[0]).toEqual({ generation, unit: 'creators', previous: null, position: null, lives: {} });

  await apply([booking(1, 'ann', 5), booking(2, 'bob', 7)]);
  await apply([booking(3, 'ann', 1)]);
  const told = () => messages.filter(({ position }) => position !== null);
  await vi.waitFor(() => expect(told()).toHaveLength(2), { timeout: 5_000 });
  const shown = (place: number, viewer: string, coins: number) => ({
    position: String(place),
    viewer,
    coins,
    at: place,
  });
  expect(told()[0]).toEqual({
    generation,
    unit: 'creators',
    previous: null,
    position: '2',
    lives: {
      [live]: {
        totals: { coins: 12, gifts: 2, senders: 2, millidiamonds: 12 },
        bookings: [shown(1, 'ann', 5), shown(2, 'bob', 7)],
      },
    },
  });
  expect(told()[1]).toMatchObject({
    previous: '2',
    position: '3',
    lives: { [live]: { totals: { coins: 13, senders: 2 }, bookings: [shown(3, 'ann', 1)] } },
  });
  await subscription.close();
});

it('goes on listening after the connection was cut and after a change of generation', async () => {
  const subscriber = server.connect();
  const messages: UnitMessage[] = [];
  const subscription = await subscribeToCreators(subscriber, {
    onMessage: (message) => messages.push(message),
  });
  const hears = async (into: string) => {
    let place = 0;
    await vi.waitFor(
      async () => {
        await apply([booking(++place + messages.length * 1_000, 'ann', 1)], { into });
        expect(messages.some((message) => message.generation === into)).toBe(true);
      },
      { timeout: 10_000, interval: 50 },
    );
    messages.length = 0;
  };
  await hears(generation);
  await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await vi.waitFor(() => expect(subscriber.status).toBe('ready'), { timeout: 5_000 });
  const next = await beginGeneration(redis, { projections: 1, log: 'log-2' }, await activeGeneration(redis));
  await hears(next.generation);
  await subscription.close();
});

it('publishes nothing while it is being filled', async () => {
  const messages: UnitMessage[] = [];
  const subscriber = server.connect();
  const subscription = await subscribeToCreators(subscriber, {
    onMessage: (message) => messages.push(message),
  });
  await apply([booking(1, 'ann', 5)], { atHead: false });
  await apply([booking(2, 'ann', 5)]);
  await vi.waitFor(() => expect(messages).toHaveLength(1), { timeout: 5_000 });
  expect(messages[0]).toMatchObject({ previous: '1', position: '2' });
  await subscription.close();
});
