import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type EventStore, openEventStore } from '@carat/event-store';
import { beginGeneration, plainUnits } from '@carat/read-models';
import { createLogger, createMetrics } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { startRedis } from '../../infra/local/redis.ts';
import { createBoardStream } from '../../services/projector/src/board-stream.ts';
import { createLogStream } from '../../services/projector/src/log-stream.ts';
import { createProjectorMetrics } from '../../services/projector/src/metrics.ts';
import { startProjector } from '../../services/projector/src/projector.ts';
import { createFilling } from '../../services/projector/src/rebuilding/filling.ts';
import { createTail, type Entry } from '../../services/projector/src/tail.ts';
import { createThreads, type Threads } from '../../services/projector/src/threads/threads.ts';
import { applyInBatches, applyNaively, type BatchEvents, readEntries } from './projections-apply.ts';
import { writeGifts } from './projections-log.ts';
import { type Budget, machine, measure, type Pair, type Row, tableOf } from './rounds.ts';
import { awaitWhole } from './whole-numbers.ts';

const pageEvents = 2_000;
const cpuEvents = 100_000;
const batches = [50, 2_000, 20_000];
/** Boards are applied once a second, in which so many gifts come at the pace that is aimed at. */
const boardsOnceASecond: BatchEvents = { creators: 2_000, boards: 40_000 };

/** Reading every event and taking it up as what its type promises, and no more. @returns events per second */
const readAll = async (store: EventStore): Promise<number> => {
  const tail = createTail(store, { maxEvents: pageEvents });
  const began = performance.now();
  let events = 0;
  for (let page = await tail.read(undefined, pageEvents); page.entries.length > 0; ) {
    events += page.entries.length;
    page = await tail.read(page.entries.at(-1)!.position, pageEvents);
  }
  return (events * 1_000) / (performance.now() - began);
};

const metrics = () => createProjectorMetrics(createMetrics('bench'));
const silent = createLogger({ service: 'bench', level: 'silent' });

/**
 * A generation filled from the log as a rebuild fills it, in threads, which the dropped round begins.
 * @returns events per second
 */
const fill = async (redis: Redis, store: EventStore, threads: Threads, events: number): Promise<number> => {
  await redis.flushall();
  const { generation } = await beginGeneration(redis, { projections: 1, log: 'a' }, undefined);
  const filling = createFilling({
    ...{ redis, store, threads, generation, metrics: metrics() },
    ...{ logStream: createLogStream(store), boards: createBoardStream(store, silent) },
    units: () => plainUnits,
    holds: async () => true,
    onStep: async () => {},
  });
  const began = performance.now();
  await filling.bringAll(() => undefined);
  return (events * 1_000) / (performance.now() - began);
};

/** A whole projector, with its queue and watchdog, from an empty Redis on. @returns events per second */
const projectAll = async (redis: Redis, url: string, log: string, events: number): Promise<number> => {
  await redis.flushall();
  const store = await openEventStore(log);
  const began = performance.now();
  const projector = await startProjector({
    store,
    eventStore: log,
    redisUrl: url,
    log: silent,
    metrics: metrics(),
  });
  await awaitWhole(redis);
  const took = performance.now() - began;
  for (const [, close] of projector.close) await close();
  await store.close();
  return (events * 1_000) / took;
};

/** Redis' CPU for the same gifts, applied in one way or another; one command per change is measured once. */
const redisPairs = (redis: Redis, entries: readonly Entry[]) => {
  let naive: number | undefined;
  return (how: string, batches: BatchEvents, budget: Budget | undefined): Pair => ({
    what: `Redis CPU per gift, ${how}`,
    unit: 'µs',
    ours: () => applyInBatches(redis, entries, batches),
    reference: async () => (naive ??= await applyNaively(redis, entries)),
    against: 'one HINCRBY, ZINCRBY or XADD per change',
    budget,
  });
};

/**
 * `npm run bench -- projections`: making the whole set of read models from a log, beside reading and parsing
 * the same events, and beside one command per change.
 */
export const benchProjections = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      gifts: { type: 'string', default: '300000' },
    },
  });
  const [rounds, gifts] = [Number(values.rounds), Number(values.gifts)];
  const folder = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const server = await startRedis();
  const redis = new Redis(server.url);
  const log = `sqlite:${join(folder, 'gifts.db')}`;
  const threads = createThreads({ eventStore: log, redisUrl: server.url }, metrics());
  const rows: Row[] = [];
  try {
    const store = await writeGifts(log, gifts, 'with skew');
    await createLogStream(store).refresh();
    const entries = await readEntries(store, cpuEvents);
    const even = await writeGifts(`sqlite:${join(folder, 'even.db')}`, cpuEvents, 'evenly');
    const skewed = redisPairs(redis, entries);
    const evenly = redisPairs(redis, await readEntries(even, cpuEvents));
    await even.close();
    const pairs: Pair[] = [
      {
        what: 'one projector, the whole set of read models',
        unit: 'per s',
        ours: () => projectAll(redis, server.url, log, gifts),
        reference: () => readAll(store),
        against: 'reading and parsing the same events',
        budget: undefined,
      },
      {
        what: 'rebuild',
        unit: 'per s',
        ours: () => fill(redis, store, threads, gifts),
        reference: () => readAll(store),
        against: 'reading and parsing the same events',
        budget: { ratio: 0.5 },
      },
      ...batches.map((batch) =>
        skewed(
          `batches of ${batch}`,
          { creators: batch, boards: batch },
          batch === 50 ? undefined : { ratioMost: 0.333 },
        ),
      ),
      skewed('boards once a second', boardsOnceASecond, { most: 6 }),
      evenly('boards once a second, viewers drawn evenly', boardsOnceASecond, { most: 12 }),
    ];
    for (const pair of pairs) rows.push(await measure(pair, rounds));
    await store.close();
  } finally {
    await threads.close();
    redis.disconnect();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
  if (values.json) {
    return console.log(JSON.stringify({ bench: 'projections', machine: machine(), rounds, gifts, rows }));
  }
  const { cpu, memoryGiB, platform, node, at } = machine();
  console.log(`${at}, ${cpu}, ${memoryGiB} GiB, ${platform}, Node ${node}; ${gifts} gifts`);
  console.log(`ours and the reference in turns, medians of ${rounds} rounds after one that is dropped\n`);
  console.log(tableOf(rows));
};
