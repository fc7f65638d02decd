import { projectionOf, projectionsVersion } from '@carat/projections';
import {
  beginGeneration,
  checkpointKey,
  createWriter,
  dumpUnit,
  type Generation,
  readCheckpoint,
} from '@carat/read-models';
import { createMetrics } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type LocalRedis, startRedis } from '../../../infra/local/redis.ts';
import { createHalfFilled } from './half-filled.ts';
import { limits } from './limits.ts';
import { createProjectorMetrics } from './metrics.ts';
import { createTail } from './tail.ts';
import { type Log, openLog } from './testing/log.ts';
import { runUnit } from './unit-run.ts';

let server: LocalRedis;
let redis: Redis;
let log: Log;
let generation: Generation['generation'];

beforeEach(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  log = await openLog();
  const begun = await beginGeneration(redis, { projections: projectionsVersion, log: 'a' }, undefined);
  generation = begun.generation;
});
afterEach(async () => {
  vi.useRealTimers();
  redis.disconnect();
  await log.close();
  await server.stop();
});

it('sends nothing more once its process is to end, and leaves the rest to the next one', async () => {
  await log.sendGifts(30);
  const store = await log.open();
  const tail = createTail(store, { maxEvents: 1_000 });
  const writer = createWriter(redis, generation, 'creators');
  const metrics = createProjectorMetrics(createMetrics('projector'));
  const project = projectionOf('creators', { shards: 1 });
  const all = {
    unit: 'creators',
    units: 2,
    project,
    skipped: new Set<string>(),
    writer,
    store,
    metrics,
  } as const;
  const ending = new AbortController();
  const read: typeof tail.read = (...asked) => {
    ending.abort();
    return tail.read(...asked);
  };
  expect(await runUnit({ ...all, tail: { ...tail, read }, ending: ending.signal })).toEqual({
    ended: 'ending',
  });
  expect(await readCheckpoint(redis, generation, 'creators')).toMatchObject({ position: null, torn: false });
  expect(await runUnit({ ...all, tail })).toEqual({ ended: 'at_head' });
});

it('is emptied where its mark has stood still for long enough, and not before', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const halfFilled = createHalfFilled(redis);
  const mark = (value: string) => redis.hset(checkpointKey(generation, 'creators'), 'torn', value);
  const look = () => halfFilled.look(generation, 'creators');
  await mark('someone-1 1');
  expect(await look()).toBe(false);
  vi.advanceTimersByTime(limits.stillMarkMs - 1);
  expect(await look()).toBe(false);
  await mark('someone-1 2');
  vi.advanceTimersByTime(1);
  expect(await look()).toBe(false);
  vi.advanceTimersByTime(limits.stillMarkMs);
  expect(await look()).toBe(true);
  expect(await readCheckpoint(redis, generation, 'creators')).toMatchObject({ torn: false, complete: false });
  expect(await dumpUnit(redis, generation, 'creators')).toEqual([]);
  expect(limits.stillMarkMs).toBeLessThan(limits.lockMs);
});
