import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { openEventStore } from '@carat/event-store';
import { connectRedis } from '@carat/read-models';
import { limits } from '../limits.ts';
import { tellCounted } from '../run-metrics.ts';
import { createTail, type Tail } from '../tail.ts';
import { runUnit } from '../unit-run.ts';
import { createWork, type Work } from '../work.ts';
import { createAbreast } from './abreast.ts';
import type { Assignment, Order, Report, Setting } from './messages.ts';

/**
 * A thread that fills units, with a store and a Redis connection of its own. It does what it is told and
 * decides nothing. That Redis is away its process's own connections say.
 */
const { eventStore, redisUrl } = workerData as Setting;
const tell = (report: Report): void => parentPort?.postMessage(report);
const silent = { warn: () => undefined, info: () => undefined };

const store = await openEventStore(eventStore);
const redis = connectRedis(redisUrl, silent, { commandTimeout: limits.redisCommandMs });
await once(redis, 'ready').catch(() => undefined);

/** Units that are filled here, by generation and unit: what is known of their totals is kept between runs. */
const works = new Map<string, Work>();
const runs = new Map<number, AbortController>();
const tail = createTail(store, { maxEvents: limits.threadTailEvents });
const abreast = createAbreast();

const run = async (run: number, { place, terms, skipped, upTo }: Assignment): Promise<void> => {
  const key = `${place.generation} ${place.unit}`;
  const work = works.get(key) ?? createWork(redis, place, terms);
  works.set(key, work);
  const ending = new AbortController();
  runs.set(run, ending);
  const read: Tail['read'] = async (after, limit) => {
    await abreast.reach(run, place.generation, after);
    const page = await tail.read(after, limit);
    tell({ report: 'read', run, events: page.entries.length });
    return page;
  };
  const metrics = tellCounted((counted) => tell({ report: 'counted', run, counted }));
  try {
    const own = { store, tail: { ...tail, read }, metrics, ending: ending.signal };
    const ended = await runUnit({ ...work, ...own, skipped, upTo });
    if (ended.ended !== 'more') works.delete(key);
    tell({ report: 'ended', run, ended });
  } catch (error) {
    tell({ report: 'failed', run, reason: error instanceof Error ? error.message : String(error) });
  } finally {
    abreast.leave(run);
    runs.delete(run);
  }
};

const close = async (): Promise<void> => {
  for (const ending of runs.values()) ending.abort();
  parentPort?.close();
  redis.disconnect();
  await store.close();
};

parentPort?.on('message', (order: Order) => {
  if (order.order === 'begin') void run(order.run, order.assignment);
  else if (order.order === 'end') runs.get(order.run)?.abort();
  else void close();
});
