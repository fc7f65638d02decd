import { streams } from '@carat/domain';
import { projectionsVersion, rankingTable } from '@carat/projections';
import { type Unit, unitOfBoard } from '@carat/protocol';
import {
  activeGeneration,
  approveCandidate,
  beginCandidate,
  checkpointKey,
  dumpUnit,
  type Generation,
  liveFields,
  plainUnits,
  pointerKey,
  readCheckpoint,
  readDifferences,
  readRebuild,
  revivePrevious,
  tableKey,
  tables,
} from '@carat/read-models';
import { createLogger, createMetrics } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalRedis, startRedis } from '../../../../infra/local/redis.ts';
import { createBoardStream } from '../board-stream.ts';
import { createLease, leaseKeys } from '../lease.ts';
import { limits } from '../limits.ts';
import { createLogStream } from '../log-stream.ts';
import { createProjectorMetrics } from '../metrics.ts';
import { startProjector } from '../projector.ts';
import { type Log, openLog } from '../testing/log.ts';
import { startRebuilder } from './rebuilder.ts';

let server: LocalRedis;
let redis: Redis;
let log: Log;
let closing: (() => Promise<void>)[];

const start = async (): Promise<() => Promise<void>> => {
  const projector = await startProjector({
    store: await log.open(),
    redisUrl: server.url,
    log: createLogger({ service: 'projector', level: 'silent' }),
    metrics: createProjectorMetrics(createMetrics('projector')),
  });
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    for (const [, step] of projector.close) await step();
  };
  const once = (): Promise<void> => {
    closed ??= close();
    return closed;
  };
  closing.push(once);
  return once;
};

const active = async (): Promise<Generation> => (await activeGeneration(redis))!;

/** Waits until the active generation is at the end of the log. */
const atHead = async (): Promise<void> => {
  const store = await log.open();
  await vi.waitFor(
    async () => {
      const { generation } = await active();
      const head = await store.head();
      for (const unit of plainUnits) {
        const checkpoint = await readCheckpoint(redis, generation, unit);
        expect(checkpoint).toMatchObject({ position: head!.position, complete: true });
      }
    },
    { timeout: 15_000, interval: 50 },
  );
};

const dump = async (generation: string): Promise<string[]> =>
  (await Promise.all(plainUnits.map((unit) => dumpUnit(redis, generation, unit)))).flat();

const ask = async (approved: boolean): Promise<Generation> => {
  const now = await active();
  const { log: logId, projections } = now;
  return (await beginCandidate(redis, { projections, log: logId, approved }, now))!;
};

const reaches = (phase: string) =>
  vi.waitFor(async () => expect((await readRebuild(redis))?.phase).toBe(phase), {
    timeout: 20_000,
    interval: 50,
  });

beforeEach(async () => {
  closing = [];
  server = await startRedis();
  redis = new Redis(server.url);
  redis.on('error', () => undefined);
  log = await openLog();
});
afterEach(async () => {
  for (const close of closing) await close();
  redis.disconnect();
  await log.close();
  await server.stop();
});

describe('a rebuild', () => {
  it('makes the same numbers beside those that are read, and takes their place as gifts come', async () => {
    await log.sendGifts(300);
    await start();
    await atHead();
    const before = await active();
    await ask(true);
    await log.sendGifts(100);
    await reaches('switched');
    const after = await active();
    expect(after.generation).not.toBe(before.generation);
    expect(after.previous?.generation).toBe(before.generation);
    expect(after.candidate).toBeUndefined();
    await log.sendGifts(20);
    await atHead();
    expect(await readRebuild(redis)).toMatchObject({ phase: 'switched', differences: 0, fault: null });
  });

  it('is the same to the byte as the live one at the same place', async () => {
    await log.sendGifts(300);
    await start();
    await atHead();
    const before = await active();
    const live = await dump(before.generation);
    await ask(false);
    await reaches('ready');
    expect(await dump((await active()).candidate!.generation)).toEqual(live);
    expect((await active()).generation).toBe(before.generation);
  });

  it('tells what differs, and goes no further until it is approved', async () => {
    await log.sendGifts(60);
    await start();
    await atHead();
    const { generation } = await active();
    const earnings = tableKey(generation, 'creators', tables.earnings);
    const [creator, true_] = (await redis.hgetall(earnings).then((all) => Object.entries(all)[0]))!;
    await redis.hset(earnings, creator, '1 1 1 1');
    await redis.hset(earnings, 'nobody', '7 7 7 1');
    const gone = { table: tables.liveTotals('live-1'), field: liveFields.all };
    const totals = tableKey(generation, 'creators', gone.table);
    const had = await redis.hget(totals, gone.field);
    await redis.hdel(totals, gone.field);
    await ask(false);
    await reaches('ready');
    const head = (await (await log.open()).head())!.position;
    expect(await readRebuild(redis)).toMatchObject({ differences: 3, position: head });
    expect((await readRebuild(redis))!.events).toBeGreaterThanOrEqual(60);
    const differences = await readDifferences(redis, 10);
    expect(differences).toHaveLength(3);
    const [unit, table] = ['creators', 'earnings'];
    expect(differences).toContainEqual({ unit, table, field: creator, live: '1 1 1 1', rebuilt: true_ });
    expect(differences).toContainEqual({ unit, table, field: 'nobody', live: '7 7 7 1', rebuilt: null });
    expect(differences).toContainEqual({ unit, ...gone, live: null, rebuilt: had });
    await approveCandidate(redis, await active());
    await reaches('switched');
    expect(await redis.hget(tableKey((await active()).generation, 'creators', 'earnings'), creator)).toBe(
      true_,
    );
  });

  it('goes on where the one before was broken off', async () => {
    await log.sendGifts(200);
    const end = await start();
    await atHead();
    await ask(false);
    await end();
    const { candidate } = await active();
    expect(candidate).toBeDefined();
    await start();
    await reaches('ready');
    expect((await active()).candidate?.generation).toBe(candidate!.generation);
    expect(await readRebuild(redis)).toMatchObject({ differences: 0, fault: null });
  });

  it('fills a unit anew in the middle of which the one before died', async () => {
    await log.sendGifts(60);
    const end = await start();
    await atHead();
    await end();
    const { generation } = (await ask(false)).candidate!;
    await redis.hset(checkpointKey(generation, 'creators'), 'torn', 'someone-1 1');
    await redis.hset(tableKey(generation, 'creators', tables.earnings), 'creator-0', '9 9 9 9');
    await start();
    await reaches('ready');
    expect((await active()).candidate?.generation).toBe(generation);
    expect(await readRebuild(redis)).toMatchObject({ differences: 0, fault: null });
  });

  it('can be taken back: the one before catches up first', async () => {
    await log.sendGifts(50);
    await start();
    await atHead();
    const before = await active();
    await ask(true);
    await reaches('switched');
    await log.sendGifts(50);
    await revivePrevious(redis, await active());
    await vi.waitFor(async () => expect((await active()).generation).toBe(before.generation), {
      timeout: 20_000,
      interval: 50,
    });
    const { previous } = await active();
    await atHead();
    const live = await dump(before.generation);
    expect(previous).toBeDefined();
    expect(live.length).toBeGreaterThan(0);
  });
});

it('replaces a generation of older projections only once the new one is not behind', async () => {
  await log.sendGifts(80);
  const end = await start();
  await atHead();
  await end();
  const old = await active();
  const live = await dump(old.generation);
  await redis.set(pointerKey, JSON.stringify({ ...old, projections: projectionsVersion - 1 }));
  await start();
  await vi.waitFor(async () => expect((await active()).generation).not.toBe(old.generation), {
    timeout: 20_000,
    interval: 50,
  });
  expect(await active()).toMatchObject({
    projections: projectionsVersion,
    previous: { generation: old.generation, projections: projectionsVersion - 1 },
  });
  expect(await dump((await active()).generation)).toEqual(live);
});

it('replaces one of older projections also where that holds a board that was retired meanwhile', async () => {
  await log.sendGifts(40);
  const end = await start();
  await atHead();
  await end();
  const old = await active();
  const units = [...old.units, 'board:gone'];
  await redis.set(pointerKey, JSON.stringify({ ...old, units, projections: projectionsVersion - 1 }));
  await start();
  await vi.waitFor(async () => expect((await active()).previous?.units).toEqual(units), {
    timeout: 20_000,
    interval: 50,
  });
  expect(await active()).toMatchObject({ projections: projectionsVersion, units: plainUnits });
}, 30_000);

it('compares the boards that are left where one is retired while it is compared', async () => {
  const boards = ['spring', 'summer'];
  const terms = {
    ranks: 'viewer',
    lives: [],
    gifts: [],
    from: null,
    to: null,
    window: 'all',
    by: 'op',
    at: 0,
  };
  for (const board of boards) await log.append(streams.boards, 'BoardCreated', { ...terms, board });
  const [spring, summer] = boards.map(unitOfBoard) as [Unit, Unit];
  await log.sendGifts(40);
  const end = await start();
  await atHead();
  const { generation, units } = await active();
  for (const unit of units) {
    await vi.waitFor(
      async () => expect(await readCheckpoint(redis, generation, unit)).toMatchObject({ complete: true }),
      { timeout: 10_000, interval: 50 },
    );
  }
  await end();
  const ranking = `${rankingTable}:all:0`;
  await redis.hset(tableKey(generation, summer, ranking), 'nobody', '7 1');

  let isRetired = false;
  /** As soon as the first board is looked into it is retired, and its numbers are dropped. */
  const type = async (key: string): Promise<string> => {
    const found = await redis.type(key);
    if (!isRetired && key.includes(spring)) {
      isRetired = true;
      await log.append(streams.boards, 'BoardRetired', { board: 'spring', by: 'op', at: 0 });
      await redis.del(checkpointKey(generation, spring));
    }
    return found;
  };
  const watched = new Proxy(redis, {
    get: (target, name) => (name === 'type' ? type : Reflect.get(target, name)),
  });
  const silent = createLogger({ service: 'projector', level: 'silent' });
  const store = await log.open();
  const rebuilder = startRebuilder({
    redis: watched,
    store,
    logStream: createLogStream(store),
    boards: createBoardStream(store, silent),
    lease: createLease(redis, leaseKeys.rebuilding, limits.rebuildLeaseMs),
    log: silent,
    metrics: createProjectorMetrics(createMetrics('projector')),
  });
  closing.push(() => rebuilder.stop());
  const now = await active();
  await beginCandidate(redis, { projections: now.projections, log: now.log, units, approved: false }, now);
  await reaches('ready');
  expect(isRetired).toBe(true);
  expect(await readRebuild(redis)).toMatchObject({ differences: 1, fault: null });
  expect(await readDifferences(redis, 10)).toEqual([
    { unit: summer, table: ranking, field: 'nobody', live: '7 1', rebuilt: null },
  ]);
}, 30_000);
