import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { dumpUnit } from './dump.ts';
import { checkpointKey, tableKey } from './keys.ts';
import { askRetry, clearPoison, readPoison, writePoison } from './poison.ts';
import { freshGeneration, openRedis } from './testing/redis.ts';

let server: Awaited<ReturnType<typeof openRedis>>;
let redis: Redis;
let generation: string;
const unit = 'creators';
const poison = { event: 'event-10', position: '10', fault: 'it is broken' };

const standAt = (position: string) => redis.hset(checkpointKey(generation, unit), { position });
const read = () => readPoison(redis, generation, unit);

beforeAll(async () => {
  server = await openRedis();
  redis = server.connect();
});
afterAll(() => server.close());
beforeEach(async () => {
  generation = await freshGeneration(redis);
});

it('is told with its instant, which stays when it is noted again', async () => {
  expect(await read()).toBeUndefined();
  const [before] = await redis.time();
  await writePoison(redis, generation, unit, poison);
  const first = (await read())!;
  expect(first).toEqual({ ...poison, since: expect.any(Number), retry: null, retried: null });
  expect(Math.floor(first.since / 1_000) - Number(before)).toBeOneOf([0, 1]);

  await redis.hset(tableKey(generation, unit, 'poison'), 'since', '5');
  await writePoison(redis, generation, unit, { ...poison, fault: 'it is still broken' });
  expect(await read()).toMatchObject({ fault: 'it is still broken', since: 5 });
  await writePoison(redis, generation, unit, { ...poison, event: 'event-12', position: '12' });
  expect((await read())!.since).toBeGreaterThanOrEqual(first.since);
});

it('is none where the unit has gone on meanwhile, whoever says so late', async () => {
  await standAt('9');
  await writePoison(redis, generation, unit, poison);
  expect(await read()).toMatchObject(poison);
  await standAt('10');
  expect(await read()).toBeUndefined();
  await standAt('9');
  expect(await read()).toMatchObject(poison);
});

it('is forgotten, but not for another one', async () => {
  await writePoison(redis, generation, unit, poison);
  await clearPoison(redis, generation, unit, 'event-4');
  expect(await read()).toMatchObject(poison);
  await clearPoison(redis, generation, unit, poison.event);
  expect(await redis.exists(tableKey(generation, unit, 'poison'))).toBe(0);
});

it('carries what an operator asks for, and what came of it', async () => {
  expect(await askRetry(redis, generation, unit, poison.event)).toBeUndefined();
  await writePoison(redis, generation, unit, poison);
  expect(await askRetry(redis, generation, unit, 'event-4')).toBeUndefined();
  const retry = await askRetry(redis, generation, unit, poison.event);
  expect(await read()).toMatchObject({ retry, retried: null });
  await writePoison(redis, generation, unit, poison, retry);
  expect(await read()).toMatchObject({ retry, retried: retry });
  await writePoison(redis, generation, unit, { ...poison, event: 'event-12', position: '12' });
  expect(await read()).toMatchObject({ retry: null, retried: null });
});

it('is no number of the unit, and nothing of a generation that was dropped', async () => {
  await writePoison(redis, generation, unit, poison);
  expect(await dumpUnit(redis, generation, unit)).toEqual([]);
  await redis.flushall();
  await writePoison(redis, generation, unit, poison);
  expect(await redis.dbsize()).toBe(0);
});
