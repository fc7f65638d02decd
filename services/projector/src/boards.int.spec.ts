import { streams } from '@carat/domain';
import type { Position } from '@carat/event-store';
import { projectionOf, projectionsVersion } from '@carat/projections';
import { unitOfBoard } from '@carat/protocol';
import {
  activeGeneration,
  beginCandidate,
  beginGeneration,
  createReader,
  createWriter,
  dropAbandoned,
  dumpUnit,
  type Generation,
  holdBoards,
  plainUnits,
  pointerKey,
  type Reader,
  readCheckpoint,
  readRebuild,
  unitPrefix,
} from '@carat/read-models';
import { createHealth, createLogger, createMetrics } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type LocalRedis, startRedis } from '../../../infra/local/redis.ts';
import { createBoardStream } from './board-stream.ts';
import { createGenerationKeeper, type GenerationKeeper } from './generation-keeper.ts';
import { createLogStream } from './log-stream.ts';
import { createProjectorMetrics } from './metrics.ts';
import { startProjector } from './projector.ts';
import { addChecks } from './readiness.ts';
import { createTail } from './tail.ts';
import { type Log, openLog, type Sent } from './testing/log.ts';
import { runUnit } from './unit-run.ts';
import { createUnits } from './units.ts';

let server: LocalRedis;
let redis: Redis;
let reader: Reader;
let log: Log;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  closing = [];
  server = await startRedis();
  redis = new Redis(server.url);
  redis.on('error', () => undefined);
  reader = createReader(redis);
  log = await openLog();
});
afterEach(async () => {
  for (const close of closing) await close();
  redis.disconnect();
  await log.close();
  await server.stop();
});

const start = async ({ shards = 1 } = {}) => {
  const store = await log.open();
  const projector = await startProjector({
    store,
    redisUrl: server.url,
    log: createLogger({ service: 'projector', level: 'silent' }),
    metrics: createProjectorMetrics(createMetrics('projector')),
    shards,
  });
  closing.push(async () => {
    for (const [, step] of projector.close) await step();
  });
  const health = createHealth();
  addChecks(health, { ...projector, store });
  return { ...projector, health };
};

/** Viewers by coins, of two gifts in two lives, for all time. */
const definition = {
  board: 'spring',
  by: 'viewer',
  lives: ['live-0', 'live-1'],
  gifts: ['gift-1', 'gift-2'],
  from: null,
  to: null,
  window: 'all',
} as const;
const unit = unitOfBoard(definition.board);

const define = async (board: string = definition.board): Promise<void> => {
  const { by: ranks, ...rest } = definition;
  await log.append(streams.boards, 'BoardCreated', { ...rest, board, ranks, by: 'op', at: 0 });
};
const retire = (): Promise<string> =>
  log.append(streams.boards, 'BoardRetired', { board: definition.board, by: 'op', at: 0 });

/** The board, added up by hand. */
const truth = () => {
  const scores = new Map<string, { score: number; last: number }>();
  const counts = ({ live, gift }: Sent): boolean =>
    definition.lives.some((each) => each === live) && definition.gifts.some((each) => each === gift);
  for (const [last, gift] of log.sent.entries()) {
    if (!counts(gift)) continue;
    scores.set(gift.viewer, { score: (scores.get(gift.viewer)?.score ?? 0) + gift.coins, last });
  }
  return [...scores]
    .sort(([, a], [, b]) => b.score - a.score || a.last - b.last)
    .map(([id, { score }]) => ({ id, score }));
};
const expectExact = (): Promise<void> =>
  vi.waitFor(
    async () => expect((await reader.definedBoard(definition, 0, 1_000))?.entries).toEqual(truth()),
    { timeout: 15_000, interval: 50 },
  );
const active = async (): Promise<Generation> => (await activeGeneration(redis))!;
const keysOf = (generation: string): Promise<string[]> => redis.keys(`${unitPrefix(generation, unit)}*`);

it('fills a board that is defined late, follows, heals and rebuilds it, and drops it', async () => {
  await log.sendGifts(150);
  const projector = await start();
  await vi.waitFor(async () => expect((await projector.health.ready()).ok).toBe(true), { timeout: 15_000 });
  const { generation } = await active();
  const earnings = await readCheckpoint(redis, generation, 'creators');

  await define();
  const sending = log.sendGifts(60);
  await vi.waitFor(async () => expect((await active()).units).toContain(unit), { timeout: 5_000 });
  // While it is filled all other numbers are complete, and stay what they are.
  expect((await projector.health.ready()).ok).toBe(true);
  await sending;
  await expectExact();
  expect((await active()).generation).toBe(generation);
  expect(earnings?.complete).toBe(true);

  await redis.flushall();
  await log.sendGifts(10);
  await expectExact();
  expect((await active()).units).toEqual(['creators', 'boards', unit]);

  const before = await active();
  const { projections, log: logId, units } = before;
  await beginCandidate(redis, { projections, log: logId, units, approved: true }, before);
  await vi.waitFor(async () => expect((await active()).generation).not.toBe(before.generation), {
    timeout: 15_000,
  });
  expect(await readRebuild(redis)).toMatchObject({ phase: 'switched', differences: 0, fault: null });
  await log.sendGifts(10);
  await expectExact();

  const after = (await active()).generation;
  const others = await dumpUnit(redis, after, 'boards');
  await retire();
  await vi.waitFor(async () => expect(await keysOf(after)).toEqual([]), { timeout: 15_000 });
  expect(await active()).toMatchObject({ generation: after, units: ['creators', 'boards'] });
  expect(await dumpUnit(redis, after, 'boards')).toEqual(others);
  expect(await reader.definedBoard(definition, 0, 10)).toBeUndefined();
}, 60_000);

it('goes on where a fill broke off, and begins nothing anew', async () => {
  await log.sendGifts(200);
  await define();
  const store = await log.open();
  const { logId } = await createLogStream(store).refresh();
  const { generation } = await beginGeneration(
    redis,
    { projections: projectionsVersion, log: logId, units: ['creators', 'boards', unit] },
    undefined,
  );
  const { events } = await store.readAll({ limit: 100 });
  const upTo = events.at(-1)!.position;
  await runUnit({
    unit,
    units: 3,
    project: projectionOf(unit, { shards: 1, board: definition }),
    skipped: new Set(),
    writer: createWriter(redis, generation, unit),
    store,
    tail: createTail(store, { maxEvents: 1_000 }),
    metrics: createProjectorMetrics(createMetrics('projector')),
    upTo,
  });
  expect(await readCheckpoint(redis, generation, unit)).toMatchObject({ position: upTo, complete: false });
  expect(await reader.definedBoard(definition, 0, 10)).toBeUndefined();

  await start();
  await expectExact();
  expect((await active()).generation).toBe(generation);
}, 30_000);

it('does not take a board for lost that is retired while a worker turns to it', async () => {
  await log.sendGifts(20);
  await define();
  const store = await log.open();
  const silent = createLogger({ service: 'projector', level: 'silent' });
  const metrics = createProjectorMetrics(createMetrics('projector'));
  const [logStream, boards] = [createLogStream(store), createBoardStream(store, silent)];
  const all = { redis, store, logStream, boards, log: silent, metrics };
  const keeper = createGenerationKeeper({ ...all, shards: 1 });
  const { generation } = (await keeper.current())!;

  /** Looks at the pointer; the board is retired right after the third. */
  let looks = 0;
  const retiring: GenerationKeeper = {
    ...keeper,
    current: async () => {
      const found = await keeper.current();
      if (++looks !== 3) return found;
      await retire();
      await boards.refresh();
      await dropAbandoned(redis, (await keeper.current())!);
      return found;
    },
  };
  const units = createUnits({ ...all, keeper: retiring, tail: createTail(store, { maxEvents: 1_000 }) });
  await units.run(unit);
  await units.run(unit);
  expect(await readCheckpoint(redis, generation, unit)).toMatchObject({ complete: true });
  expect(await units.run(unit)).toBe(false);
  expect(looks).toBe(4);
  expect(await active()).toMatchObject({ generation, units: ['creators', 'boards'] });
  expect(await keysOf(generation)).toEqual([]);
});

it.each([
  ['has lost its checkpoint', async (keys: string[]) => redis.del(...keys)],
  [
    'is torn',
    async (keys: string[]) => redis.hset(keys.find((key) => /checkpoint$/.test(key))!, 'torn', 'x'),
  ],
])(
  'makes a board anew that %s, and nothing else',
  async (_, spoil) => {
    await log.sendGifts(30);
    await define();
    await start();
    await expectExact();
    const { generation } = await active();
    await spoil(await keysOf(generation));
    await log.sendGifts(5);
    await expectExact();
    expect(await active()).toMatchObject({ generation, abandoned: [] });
  },
  30_000,
);

it('is taken up once, though two projectors read of it at different moments', async () => {
  await log.sendGifts(20);
  const store = await log.open();
  const silent = createLogger({ service: 'projector', level: 'silent' });
  const metrics = createProjectorMetrics(createMetrics('projector'));
  const logStream = createLogStream(store);
  const open = () => {
    const boards = createBoardStream(store, silent);
    const all = { redis, logStream, boards, shards: 1, log: silent, metrics };
    return { boards, keeper: createGenerationKeeper(all) };
  };
  const [early, late] = [open(), open()];
  const { generation } = (await early.keeper.current())!;
  await late.keeper.current();
  await define();
  await early.boards.refresh();
  for (const { keeper } of [early, late, early]) {
    expect((await keeper.current())?.units).toContain(unit);
    expect((await active()).retired).toBeUndefined();
  }
  await dropAbandoned(redis, await active());
  expect(await readCheckpoint(redis, generation, unit)).toMatchObject({ torn: false });
});

it('keeps what is held of what was given up once', async () => {
  const projections = projectionsVersion;
  const begun = await beginGeneration(
    redis,
    { projections, log: 'a', units: [...plainUnits, unit] },
    undefined,
  );
  const retired = [{ generation: begun.generation, unit }];
  const given = (await holdBoards(redis, begun, [], projections))!;
  expect(given.retired).toEqual(retired);
  const again = (await holdBoards(redis, given, [unit], projections))!;
  expect(again).toMatchObject({ units: begun.units });
  expect(again.retired).toBeUndefined();
  await redis.set(pointerKey, JSON.stringify({ ...again, retired }));
  await dropAbandoned(redis, await active());
  expect(await readCheckpoint(redis, begun.generation, unit)).toBeDefined();
  expect((await active()).retired).toBeUndefined();
});

it('keeps its generation as boards are defined while two projectors are at work', async () => {
  await log.sendGifts(40);
  await start();
  await vi.waitFor(async () => expect(await activeGeneration(redis)).toBeDefined(), { timeout: 5_000 });
  await start();
  const { generation } = await active();
  for (const board of ['summer', 'autumn', definition.board]) {
    // Each job looks at the pointer, in whichever projector, and whatever that has read of the boards.
    const sending = log.sendGifts(100);
    await define(board);
    const held = unitOfBoard(board);
    await vi.waitFor(async () => expect((await active()).units).toContain(held), { timeout: 5_000 });
    await sending;
  }
  await expectExact();
  const after = await active();
  expect(after).toMatchObject({ generation, abandoned: [] });
  expect(after.retired).toBeUndefined();
}, 30_000);

it('spreads creators over as many shards as there are to be from the next rebuild on', async () => {
  await log.sendGifts(60);
  await define();
  await start({ shards: 3 });
  await expectExact();
  const before = await active();
  expect(before.units).toEqual(['creators:0', 'creators:1', 'creators:2', 'boards', unit]);
  const earned = async () =>
    Promise.all(
      [0, 1, 2].map(async (n) => {
        const { asOf: _, ...sums } = (await reader.earnings(`creator-${n}`))!;
        return sums;
      }),
    );
  const sums = await earned();
  expect(sums.reduce((all, { coins }) => all + coins, 0)).toBe(
    log.sent.reduce((all, { coins }) => all + coins, 0),
  );
  const places = await Promise.all(
    before.units.map((each) => readCheckpoint(redis, before.generation, each)),
  );
  expect(new Set(places.map((each) => each?.position as Position)).size).toBe(1);

  const { projections, log: logId } = before;
  const units = ['creators', 'boards', unit] as const;
  await beginCandidate(redis, { projections, log: logId, units, approved: true }, before);
  await vi.waitFor(async () => expect((await active()).generation).not.toBe(before.generation), {
    timeout: 15_000,
  });
  expect((await active()).units).toEqual(units);
  expect(await readRebuild(redis)).toMatchObject({
    differences: 0,
    fault: 'creators are not compared: they lie in 1 shard instead of 3',
  });
  // The reader goes by the pointer as it was a moment ago.
  await vi.waitFor(async () => expect(await earned()).toEqual(sums), { timeout: 5_000 });
}, 30_000);
