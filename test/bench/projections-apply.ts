import type { EventStore, Position } from '@carat/event-store';
import { project, projectionOf, type UnitName, unitNames } from '@carat/projections';
import { beginGeneration, createWriter, tableKey } from '@carat/read-models';
import type { Redis } from 'ioredis';
import { addEntry, emptyRun } from '../../services/projector/src/batches.ts';
import { createTail, type Entry } from '../../services/projector/src/tail.ts';

const pageEvents = 2_000;
const skipped: ReadonlySet<string> = new Set();

/** CPU that Redis has used so far, in µs: `used_cpu` of INFO, system and user. */
export const redisCpu = async (redis: Redis): Promise<number> => {
  const info = await redis.info('cpu');
  const of = (name: string): number => Number(info.match(new RegExp(`${name}:([\\d.]+)`))?.[1] ?? 0);
  return (of('used_cpu_sys') + of('used_cpu_user')) * 1e6;
};

/** All events of a log in memory, so that nothing but applying them is measured. */
export const readEntries = async (store: EventStore, most: number): Promise<Entry[]> => {
  const tail = createTail(store, { maxEvents: pageEvents });
  const entries: Entry[] = [];
  for (let after: Position | undefined; entries.length < most; ) {
    const page = await tail.read(after, pageEvents);
    entries.push(...page.entries);
    after = page.entries.at(-1)?.position;
    if (page.atHead) break;
  }
  return entries.slice(0, most);
};

/** Events of one batch, by unit. */
export type BatchEvents = Readonly<Record<UnitName, number>>;

/** Applies events to an empty Redis in batches of so many. @returns µs of Redis' CPU per event */
export const applyInBatches = async (
  redis: Redis,
  entries: readonly Entry[],
  batches: BatchEvents,
): Promise<number> => {
  await redis.flushall();
  const { generation } = await beginGeneration(redis, { projections: 1, log: 'a' }, undefined);
  const before = await redisCpu(redis);
  for (const unit of unitNames) {
    const writer = createWriter(redis, generation, unit);
    const taking = { unit, units: unitNames.length, project: projectionOf(unit, { shards: 1 }), skipped };
    const batchEvents = batches[unit];
    await writer.resume();
    for (let first = 0; first < entries.length; first += batchEvents) {
      const run = emptyRun();
      for (const entry of entries.slice(first, first + batchEvents)) addEntry(taking, run, entry);
      const { position, id: event } = run.last!;
      const sent = await writer.send(run.batch, { position, event, atHead: false });
      if ('inexact' in sent) throw new Error('A total is beyond 2^53.');
      const { outcome } = await sent.done;
      if (outcome !== 'applied') throw new Error('A batch was refused.');
    }
  }
  return ((await redisCpu(redis)) - before) / entries.length;
};

/** One command per change, as one would write it first, sent in pipelines. @returns µs per event */
export const applyNaively = async (redis: Redis, entries: readonly Entry[]): Promise<number> => {
  await redis.flushall();
  const before = await redisCpu(redis);
  const key = (unit: UnitName, table: string): string => tableKey('naive', unit, table);
  for (let first = 0; first < entries.length; first += pageEvents) {
    const pipeline = redis.pipeline();
    for (const { event, position } of entries.slice(first, first + pageEvents)) {
      if (event === undefined) continue;
      for (const unit of unitNames) {
        for (const change of project(unit, event, position)) {
          if (change.change === 'set') pipeline.hset(key(unit, change.table), change.field, change.value);
          else if (change.change === 'feed') {
            pipeline.xadd(key(unit, change.table), '*', 'body', JSON.stringify(change.entry));
          } else if (change.ranked) {
            pipeline.zincrby(key(unit, change.table), change.amounts[0]!, change.field);
          } else {
            for (const [n, amount] of change.amounts.entries()) {
              pipeline.hincrby(key(unit, change.table), `${change.field}:${n}`, amount);
            }
          }
        }
      }
    }
    await pipeline.exec();
  }
  return ((await redisCpu(redis)) - before) / entries.length;
};
