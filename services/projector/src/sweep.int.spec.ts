import { activeGeneration, beginGeneration, type Generation, tableKey } from '@carat/read-models';
import { createLogger } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type LocalRedis, startRedis } from '../../../infra/local/redis.ts';
import { createLease, leaseKeys } from './lease.ts';
import { limits } from './limits.ts';
import { createSweep, type Sweep } from './sweep.ts';

let server: LocalRedis;
let redis: Redis;
let abandoned: string;
let active: Generation;
let sweeps: Sweep[];

/** A sweep of a process of its own. */
const openSweep = (of = redis, dropAfterMs = 0): Sweep => {
  const lease = createLease(redis, leaseKeys.sweeping, limits.sweepLeaseMs);
  const log = createLogger({ service: 'projector', level: 'silent' });
  const sweep = createSweep({ redis: of, lease, log, dropAfterMs });
  sweeps.push(sweep);
  return sweep;
};

/** A connection that looks for no more keys after the first `free` times, until it is let go on. */
const openHeld = (free: number) => {
  const held = Promise.withResolvers<void>();
  let scans = 0;
  const scan = async (...args: [string, 'MATCH', string, 'COUNT', number]) => {
    if (++scans > free) await held.promise;
    return redis.scan(...args);
  };
  const connection = new Proxy(redis, {
    get: (target, name) => (name === 'scan' ? scan : Reflect.get(target, name)),
  });
  return { connection, scans: () => scans, goOn: held.resolve };
};

const callsOf = async (command: string): Promise<number> => {
  const stats = await redis.info('commandstats');
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
};
const left = async (): Promise<number> => (await redis.keys(`carat:${abandoned}:*`)).length;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  sweeps = [];
  await redis.flushall();
  const first = await beginGeneration(redis, { projections: 1, log: 'log' }, undefined);
  abandoned = first.generation;
  const filling = redis.pipeline();
  for (let n = 0; n < 2_000; n++) filling.hset(tableKey(abandoned, 'creators', `table-${n}`), 'a', n);
  for (let n = 0; n < 2_000; n++) filling.hset(tableKey(abandoned, 'boards', `table-${n}`), 'a', n);
  await filling.exec();
  active = await beginGeneration(redis, { projections: 1, log: 'log' }, first);
  expect(active.abandoned).toEqual([abandoned]);
});
afterEach(async () => {
  for (const sweep of sweeps) await sweep.stop();
});

it('drops many keys with few commands, and strikes off what they were of', async () => {
  const before = await callsOf('unlink');
  openSweep().begin(active);
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
  await expect.poll(async () => (await activeGeneration(redis))?.abandoned).toEqual([]);
  expect((await callsOf('unlink')) - before).toBeLessThan(100);
});

it('keeps nobody waiting, is at it once, and leaves it to one process', async () => {
  const { connection, scans, goOn } = openHeld(0);
  const sweep = openSweep(connection);
  sweep.begin(active);
  sweep.begin(active);
  await expect.poll(scans).toBe(1);
  const other = openHeld(0);
  const late = openSweep(other.connection);
  late.begin(active);
  await late.stop();
  expect([scans(), other.scans()]).toEqual([1, 0]);
  goOn();
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
});

it('ends in the middle, and another goes on', async () => {
  const { connection, scans, goOn } = openHeld(12);
  const sweep = openSweep(connection);
  sweep.begin(active);
  await expect.poll(scans).toBe(13);
  const ended = sweep.stop();
  goOn();
  await ended;
  expect(await left()).toBeGreaterThan(0);
  expect((await activeGeneration(redis))?.abandoned).toEqual([abandoned]);
  openSweep().begin(active);
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
});

it('leaves it to the readers for a while', async () => {
  const { connection, scans } = openHeld(Number.POSITIVE_INFINITY);
  const sweep = openSweep(connection, 60_000);
  sweep.begin(active);
  sweep.begin(active);
  await sweep.stop();
  expect(scans()).toBe(0);
});
