import { comparePositions, type Position } from '@carat/event-store';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalRedis, startRedis } from '../../../infra/local/redis.ts';
import { createRedisDumps, pastBoard, pastEarnings, type Sources } from './index.ts';
import { limits } from './limits.ts';
import { countReads, openPastLog, type PastLog, readWhole, writeSimulatedLive } from './testing/past-log.ts';

const dumpEveryEvents = 40;

describe('dumps of all-time numbers', () => {
  let server: LocalRedis;
  let redis: Redis;
  let log: PastLog;
  let end: Position;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
    redis.on('error', () => undefined);
    log = await openPastLog();
    await writeSimulatedLive(log, 11);
    end = (await log.store.head())!.position;
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
    await log.close();
  });
  beforeEach(() => redis.flushall());

  const sources = (store = log.store): Sources => ({
    store,
    dumps: createRedisDumps(redis),
    dumpEveryEvents,
  });
  const board = (from: Sources, place: Position) =>
    pastBoard(from, { kind: 'gifters', window: 'all', on: 0, place, limit: 1_000 });
  const earnings = (from: Sources, place: Position) => pastEarnings(from, { creator: 'cleo', place });

  it('are made on the way and used afterwards: the answers are the same, and less is read', async () => {
    const plain = { store: log.store };
    expect(await board(sources(), end)).toEqual(await board(plain, end));
    expect(await earnings(sources(), end)).toEqual(await earnings(plain, end));
    expect((await redis.keys('carat-history:*:index')).length).toBe(2);
    const events = await readWhole(log.store);
    for (const part of [0.3, 0.5, 0.9, 1]) {
      const place = events[Math.floor(part * (events.length - 1))]!.position;
      const { store, read } = countReads(log.store);
      expect(await board(sources(store), place)).toEqual(await board(plain, place));
      expect(await earnings(sources(store), place)).toEqual(await earnings(plain, place));
      const wallets = events.filter(
        ({ stream, position }) =>
          stream.startsWith('wallet-') &&
          comparePositions(position, (read.firstAfter ?? '0') as Position) > 0,
      );
      const unread = wallets.filter(({ position }) => comparePositions(position, place) <= 0);
      expect(unread.length).toBeLessThan(dumpEveryEvents);
    }
  });

  it('that are half gone, or of a log that was restored, are made anew', async () => {
    const truth = await board({ store: log.store }, end);
    await board(sources(), end);
    const [index] = await redis.keys('carat-history:*:index');
    const positions = (await redis.hkeys(index!)) as Position[];
    const newest = positions.sort(comparePositions).at(-1)!;
    await redis.del(index!.replace(/index$/, `${newest}:0`));
    expect(await board(sources(), end)).toEqual(truth);

    const held = JSON.parse((await redis.hget(index!, newest))!) as object;
    await redis.hset(index!, newest, JSON.stringify({ ...held, event: 'another', chunks: 0 }));
    expect(await board(sources(), end)).toEqual(truth);
  });

  it('are kept in a bounded number, and an early moment still costs one walk through the log', async () => {
    const often = { ...sources(), dumpEveryEvents: 5 };
    const events = await readWhole(log.store);
    expect(events.length / often.dumpEveryEvents).toBeGreaterThan(2 * limits.maxDumps);
    expect(await board(often, end)).toEqual(await board({ store: log.store }, end));
    const [index] = await redis.keys('carat-history:*:index');
    expect(await redis.hlen(index!)).toBe(limits.maxDumps);
    const held = new Set(await redis.hkeys(index!));
    const chunks = (await redis.keys('carat-history:*')).filter((key) => key !== index);
    expect(chunks.every((key) => held.has(key.split(':').at(-2)!))).toBe(true);

    const { store, read } = countReads(log.store);
    const early = events[60]!.position;
    expect(await board({ ...often, store }, early)).toEqual(await board({ store: log.store }, early));
    expect(read.events).toBeLessThanOrEqual(events.length);
    expect(await redis.hlen(index!)).toBe(limits.maxDumps);
  });

  it('leave a dump out that was made before an operator took an event out of the log', async () => {
    const before = await board(sources(), end);
    const gift = (await readWhole(log.store)).find(({ type }) => type === 'GiftSent')!;
    const decided = { event: gift.id, unit: 'boards', by: 'olga', reason: 'r' };
    await log.write(['log', 'EventSkipped', decided]);
    const now = (await log.store.head())!.position;
    const after = await board(sources(), now);
    const coins = ({ entries }: typeof after): number => entries.reduce((sum, { score }) => sum + score, 0);
    expect(coins(before) - coins(after)).toBe(gift.data.coins);
    expect((await board(sources(), end)).entries).toEqual(before.entries);
  });

  it('are done without where Redis cannot be reached', async () => {
    const away = new Redis(1, '127.0.0.1', { maxRetriesPerRequest: 0, retryStrategy: () => null });
    away.on('error', () => undefined);
    const from = { ...sources(), dumps: createRedisDumps(away) };
    expect(await earnings(from, end)).toEqual(await earnings({ store: log.store }, end));
    expect((await earnings(from, end)).coins).toBeGreaterThan(0);
    away.disconnect();
  });
});
