import { projectionsVersion } from '@carat/projections';
import type { Unit } from '@carat/protocol';
import { activeGeneration, beginGeneration, dumpUnit, plainUnits, readCheckpoint } from '@carat/read-models';
import { createLogger, createMetrics } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type LocalRedis, startRedis } from '../../../../infra/local/redis.ts';
import { createBoardStream } from '../board-stream.ts';
import { limits } from '../limits.ts';
import { createLogStream } from '../log-stream.ts';
import { createProjectorMetrics } from '../metrics.ts';
import { startProjector } from '../projector.ts';
import { createFilling, FillingStopped } from '../rebuilding/filling.ts';
import { type Log, nthGift, openLog } from '../testing/log.ts';
import { createThreads, type Threads } from './threads.ts';

let server: LocalRedis;
let redis: Redis;
let log: Log;
let threads: Threads;
let closing: (() => Promise<unknown> | unknown)[];

const silent = createLogger({ service: 'projector', level: 'silent' });

beforeEach(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  redis.on('error', () => undefined);
  log = await openLog();
  threads = threadsOn(log.url);
  closing = [];
});
afterEach(async () => {
  for (const close of closing) await close();
  await threads.close();
  redis.disconnect();
  await log.close();
  await server.stop();
});

const threadsOn = (eventStore: string): Threads => {
  const metrics = createProjectorMetrics(createMetrics('projector'));
  return createThreads({ eventStore, redisUrl: server.url }, metrics, { fromEvents: 1 });
};

/** A generation to be filled, in threads or here. */
const beginFilling = async (
  inThreads: Threads | undefined,
  {
    units = plainUnits,
    onStep = async () => undefined,
  }: { units?: readonly Unit[]; onStep?: () => Promise<void> } = {},
) => {
  const store = await log.open();
  const begun = { projections: projectionsVersion, log: 'a', units };
  const { generation } = await beginGeneration(redis, begun, await activeGeneration(redis));
  const metrics = createMetrics('projector');
  const filling = createFilling({
    redis,
    store,
    logStream: createLogStream(store),
    boards: createBoardStream(store, silent),
    metrics: createProjectorMetrics(metrics),
    threads: inThreads,
    generation,
    units: () => units,
    holds: async () => true,
    onStep,
  });
  const dump = async () => (await Promise.all(units.map((unit) => dumpUnit(redis, generation, unit)))).flat();
  return { ...filling, generation, dump };
};

it('fills a generation to the same byte as it is filled here', async () => {
  await log.sendGifts(400);
  const here = await beginFilling(undefined);
  await here.bringAll(() => undefined);
  const there = await beginFilling(threads);
  await there.bringAll(() => undefined);
  expect(threads.count()).toBeGreaterThan(0);
  expect(await there.dump()).toEqual(await here.dump());
  expect((await here.dump()).length).toBeGreaterThan(400);
  expect(there.looked()).toBe(here.looked());
  for (const unit of plainUnits) {
    const { position } = (await readCheckpoint(redis, here.generation, unit))!;
    expect(await there.checkpoint(unit)).toMatchObject({ position, complete: true, torn: false });
  }
});

it('goes to a place and no further, and no more threads are begun than there may be', async () => {
  await log.sendGifts(60);
  const units: Unit[] = ['creators:0', 'creators:1', 'creators:2', 'boards'];
  const filling = await beginFilling(threads, { units });
  const { events } = await (await log.open()).readAll({ limit: 30 });
  const upTo = events.at(-1)!.position;
  await filling.bringAll(() => upTo);
  for (const unit of units) {
    expect(await filling.checkpoint(unit)).toMatchObject({ position: upTo, complete: false });
  }
  expect(threads.count()).toBe(threads.most);
  expect(threads.most).toBeLessThanOrEqual(limits.fillingThreads);
});

it('stops before an event that it cannot take, and says which', async () => {
  await log.sendGifts(20);
  const event = await log.sendGift(nthGift(20), { millidiamonds: -1 });
  await log.sendGifts(5);
  const filling = await beginFilling(threads);
  const stopped = await filling.bringAll(() => undefined).catch((error: unknown) => error);
  expect(stopped).toBeInstanceOf(FillingStopped);
  expect((stopped as FillingStopped).poison).toMatchObject({ event });
});

it('sends nothing more once it is wanted no more, and can be gone on with', async () => {
  await log.sendGifts(50);
  const unwanted = new Error('another generation is active');
  let isWanted = true;
  const onStep = async (): Promise<void> => {
    if (!isWanted) throw unwanted;
  };
  const filling = await beginFilling(threads, { onStep });
  const filled = filling.bringAll(() => undefined);
  isWanted = false;
  await expect(filled).rejects.toBe(unwanted);
  for (const unit of plainUnits) expect(await filling.checkpoint(unit)).toMatchObject({ torn: false });
  isWanted = true;
  await filling.bringAll(() => undefined);
  expect(await filling.checkpoint('creators')).toMatchObject({ complete: true });
});

it('says why it could not begin, and begins again when it is asked to', async () => {
  const nowhere = threadsOn(`${log.url}/beneath-a-file`);
  closing.push(() => nowhere.close());
  await log.sendGifts(5);
  const filling = await beginFilling(nowhere);
  await expect(filling.bring('creators', undefined)).rejects.toThrow(/beneath-a-file/);
  await expect(filling.bring('creators', undefined)).rejects.toThrow(/beneath-a-file/);
  expect(nowhere.count()).toBe(0);
});

it('fills what is read for the first time, and again where Redis was emptied', async () => {
  await log.sendGifts(100);
  const metrics = createMetrics('projector');
  const projector = await startProjector({
    store: await log.open(),
    eventStore: log.url,
    redisUrl: server.url,
    log: silent,
    metrics: createProjectorMetrics(metrics),
    threadBounds: { fromEvents: 1 },
  });
  const close = async (): Promise<void> => {
    for (const [, step] of projector.close) await step();
  };
  const isWhole = async (): Promise<void> => {
    const { generation } = (await activeGeneration(redis))!;
    for (const unit of plainUnits) {
      expect(await readCheckpoint(redis, generation, unit)).toMatchObject({ complete: true });
    }
  };
  const options = { timeout: 20_000, interval: 50 };
  await vi
    .waitFor(isWhole, options)
    .then(() => redis.flushall())
    .then(() => vi.waitFor(isWhole, options))
    .finally(close);
  const healed = (await activeGeneration(redis))!.generation;
  const dumped = (await Promise.all(plainUnits.map((unit) => dumpUnit(redis, healed, unit)))).flat();
  const here = await beginFilling(undefined);
  await here.bringAll(() => undefined);
  expect(dumped).toEqual(await here.dump());
  expect(await metrics.registry.metrics()).toMatch(
    /projection_events_total\{[^}]*unit="boards"[^}]*\} [1-9]/,
  );
}, 60_000);
