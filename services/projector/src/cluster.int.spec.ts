import { streams } from '@carat/domain';
import { creatorUnits, unitOfBoard } from '@carat/protocol';
import {
  activeGeneration,
  beginCandidate,
  connectRedis,
  createReader,
  dropPrevious,
  type Generation,
  jobsQueue,
  type Reader,
  type RedisClient,
  readRebuild,
  subscribeToCreators,
  type UnitMessage,
  unitPrefix,
} from '@carat/read-models';
import { createHealth, createLogger, createMetrics } from '@carat/service-kit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createProjectorMetrics } from './metrics.ts';
import { startProjector } from './projector.ts';
import { addChecks } from './readiness.ts';
import { type Log, openLog } from './testing/log.ts';
import { type RedisCluster, startRedisCluster } from './testing/redis-cluster.ts';
import { numbersOf, truthOf } from './testing/truth.ts';

const silent = createLogger({ service: 'projector', level: 'silent' });
const shards = 4;
const board = { board: 'spring', window: 'all' } as const;
const unit = unitOfBoard(board.board);
const held = [...creatorUnits(shards), 'boards', unit] as const;

let cluster: RedisCluster;
let redis: RedisClient;
let reader: Reader;
let log: Log;
let projector: Awaited<ReturnType<typeof startProjector>>;
const health = createHealth();

beforeAll(async () => {
  cluster = await startRedisCluster();
  redis = connectRedis(cluster.url, silent, { enableOfflineQueue: true });
  reader = createReader(redis);
  log = await openLog();
  const store = await log.open();
  projector = await startProjector({
    store,
    redisUrl: cluster.url,
    log: silent,
    metrics: createProjectorMetrics(createMetrics('projector')),
    shards,
  });
  addChecks(health, { ...projector, store });
}, 60_000);
afterAll(async () => {
  for (const [, step] of projector.close) await step();
  redis.disconnect();
  await log.close();
  await cluster.stop();
}, 60_000);

/** Of every creator and its live, all as they must be, and the board. */
const expectExact = (): Promise<void> =>
  vi.waitFor(
    async () => {
      const { at } = log.sent.at(-1)!;
      for (const n of [0, 1, 2]) {
        const [live, creator] = [`live-${n}`, `creator-${n}`];
        expect(await numbersOf(reader, live, creator, at)).toEqual(truthOf(log.sent, live, creator, at));
      }
      const { gifters } = truthOf(log.sent, '', '', at);
      expect((await reader.definedBoard(board, 0, 1_000))?.entries).toEqual(gifters);
    },
    { timeout: 20_000, interval: 50 },
  );
const active = async (): Promise<Generation> => (await activeGeneration(redis))!;

it('keeps the numbers right, and rebuilds them', async () => {
  await log.sendGifts(90);
  const definition = { ranks: 'viewer', lives: [], gifts: [], from: null, to: null, window: 'all' };
  await log.append(streams.boards, 'BoardCreated', { ...definition, board: board.board, by: 'op', at: 0 });
  await log.sendGifts(60);
  await expectExact();
  const before = await active();
  expect(new Set(before.units)).toEqual(new Set(held));
  await vi.waitFor(async () => expect((await health.ready()).ok).toBe(true), { timeout: 10_000 });

  const { projections, log: logId, units } = before;
  await beginCandidate(redis, { projections, log: logId, units, approved: true }, before);
  await log.sendGifts(30);
  await vi.waitFor(async () => expect((await active()).generation).not.toBe(before.generation), {
    timeout: 20_000,
  });
  expect(await readRebuild(redis)).toMatchObject({ phase: 'switched', differences: 0, fault: null });
  await log.sendGifts(30);
  await expectExact();
}, 90_000);

it('says what changes, from whichever node', async () => {
  const messages: UnitMessage[] = [];
  const subscriber = connectRedis(cluster.url, silent, { enableOfflineQueue: true, subscribes: true });
  const subscription = await subscribeToCreators(subscriber, { onMessage: (told) => messages.push(told) });
  await vi.waitFor(
    async () => {
      await log.sendGifts(3);
      const lives = new Set(messages.flatMap((told) => Object.keys(told.lives)));
      expect(lives).toEqual(new Set(['live-0', 'live-1', 'live-2']));
      // Units that none of the creators lies in repeat where they stand.
      expect(new Set(messages.map((told) => told.unit))).toEqual(new Set(creatorUnits(shards)));
    },
    { timeout: 20_000, interval: 200 },
  );
  await subscription.close();
  subscriber.disconnect();
}, 30_000);

it('has every key of a unit in one slot, and nothing of it elsewhere', async () => {
  const slotOf = async (key: string): Promise<number> =>
    Number(await cluster.clients[0]!.call('CLUSTER', 'KEYSLOT', key));
  const keys = (await Promise.all(cluster.clients.map((client) => client.keys('*')))).flat();
  const { generation, previous } = await active();
  const prefixes = [
    ...[generation, previous!.generation].flatMap((of) => held.map((each) => unitPrefix(of, each))),
    `${jobsQueue.prefix}:`,
    'carat:{rebuild}:',
  ];
  const seen = new Map<string, Set<number>>();
  for (const key of keys) {
    const prefix = prefixes.find((each) => key.startsWith(each)) ?? key;
    seen.set(prefix, (seen.get(prefix) ?? new Set()).add(await slotOf(key)));
  }
  for (const [prefix, slots] of seen) expect([prefix, slots.size]).toEqual([prefix, 1]);
  expect([...seen.keys()].filter((prefix) => !prefixes.includes(prefix)).sort()).toEqual([
    'carat:active',
    'carat:rebuilder',
  ]);
  // Units lie on more than one node.
  expect(new Set(await Promise.all(held.map((each) => slotOf(unitPrefix(generation, each))))).size).toBe(6);
  const used = await Promise.all(cluster.clients.map((client) => client.dbsize()));
  expect(Math.min(...used)).toBeGreaterThan(0);
}, 30_000);

it('drops what was replaced, on every node', async () => {
  const before = await active();
  const { previous } = before;
  await dropPrevious(redis, before);
  await vi.waitFor(
    async () => {
      const match = `carat:${previous!.generation}:*`;
      const keys = await Promise.all(cluster.clients.map((client) => client.keys(match)));
      expect(keys.flat()).toEqual([]);
    },
    { timeout: 20_000, interval: 100 },
  );
}, 30_000);
