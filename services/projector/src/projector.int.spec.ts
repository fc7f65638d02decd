import { once } from 'node:events';
import { renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { EventStore } from '@carat/event-store';
import {
  activeGeneration,
  askRetry,
  createReader,
  jobsQueue,
  poisonTable,
  type Reader,
  tableKey,
} from '@carat/read-models';
import { createHealth, createLogger, createMetrics } from '@carat/service-kit';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalRedis, startRedis } from '../../../infra/local/redis.ts';
import { limits } from './limits.ts';
import { createProjectorMetrics } from './metrics.ts';
import { startProjector } from './projector.ts';
import { addChecks } from './readiness.ts';
import { type Log, nthGift, openLog } from './testing/log.ts';
import { numbersOf, truthOf } from './testing/truth.ts';

let server: LocalRedis;
let redis: Redis;
let reader: Reader;
let log: Log;
let closing: (() => Promise<void>)[];

const start = async (ofLog = log, opened?: EventStore) => {
  const store = opened ?? (await ofLog.open());
  const metrics = createMetrics('projector');
  const projector = await startProjector({
    store,
    redisUrl: server.url,
    log: createLogger({ service: 'projector', level: 'silent' }),
    metrics: createProjectorMetrics(metrics),
  });
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    for (const [, step] of projector.close) await step();
  };
  closing.push(close);
  const health = createHealth();
  addChecks(health, { ...projector, store });
  return { ...projector, close, health, metrics: () => metrics.registry.metrics() };
};

const expectExact = async (timeout = 15_000, of = log): Promise<void> => {
  const { live, creator, at } = of.sent.at(-1)!;
  const truth = truthOf(of.sent, live, creator, at);
  await vi.waitFor(async () => expect(await numbersOf(reader, live, creator, at)).toEqual(truth), {
    timeout,
    interval: 50,
  });
};

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

describe('a projector', () => {
  it('projects what is there and what comes, exactly', async () => {
    await log.sendGifts(120);
    await start();
    await expectExact();
    await log.sendGifts(80);
    await expectExact();
  });

  it('shares the work with another, and leaves it to that one when it ends', async () => {
    const first = await start();
    await start();
    for (let i = 0; i < 10; i++) await log.sendGifts(20);
    await expectExact();
    await first.close();
    await log.sendGifts(50);
    await expectExact();
  });

  it('goes on where another left off', async () => {
    const first = await start();
    await log.sendGifts(60);
    await expectExact();
    const { generation } = (await reader.earnings('creator-0'))!.asOf;
    await first.close();
    await log.sendGifts(60);
    await start();
    await expectExact();
    expect((await reader.earnings('creator-0'))!.asOf.generation).toBe(generation);
  });

  it('says of a live nobody gifted that it has zeros, once it is ready', async () => {
    const { health } = await start();
    await vi.waitFor(async () => expect(await health.ready()).toMatchObject({ ok: true }), {
      timeout: 10_000,
    });
    expect((await reader.liveNumbers({ live: 'live-0', creator: 'creator-0' }, 10))?.totals.coins).toBe(0);
  });
});

describe('losing Redis', () => {
  it('fills everything anew after FLUSHALL, under load', async () => {
    await start();
    await log.sendGifts(100);
    await expectExact();
    const { generation } = (await reader.earnings('creator-0'))!.asOf;
    for (let i = 0; i < 3; i++) {
      await redis.flushall();
      await log.sendGifts(40);
    }
    await expectExact();
    expect((await reader.earnings('creator-0'))!.asOf.generation).not.toBe(generation);
  });

  it('waits for a Redis that died, and fills the one that comes back', async () => {
    const { health } = await start();
    await log.sendGifts(100);
    await expectExact();
    const port = Number(new URL(server.url).port);
    const closed = once(redis, 'close');
    process.kill(server.pid!, 'SIGKILL');
    await closed;
    await log.sendGifts(50);
    expect((await health.ready()).ok).toBe(false);
    await server.stop();
    server = await startRedis({ port });
    await log.sendGifts(50);
    await expectExact(25_000);
  });

  it('starts and ends while Redis is away', async () => {
    const port = Number(new URL(server.url).port);
    await server.stop();
    const ended = await start();
    expect((await ended.health.ready()).ok).toBe(false);
    const began = performance.now();
    await ended.close();
    expect(performance.now() - began).toBeLessThan(limits.closeWorkerMs + 2_000);
    await start();
    await log.sendGifts(20);
    server = await startRedis({ port });
    await expectExact();
  });

  it('leaves a generation that is torn or not of this log, and drops it later', async () => {
    await start();
    await log.sendGifts(30);
    await expectExact();
    const left: string[] = [];
    for (const field of ['torn', 'event']) {
      const { generation } = (await reader.earnings('creator-0'))!.asOf;
      expect(left).not.toContain(generation);
      left.push(generation);
      await redis.hset(`carat:${generation}:{creators}:checkpoint`, field, 'x');
      await log.sendGifts(30);
      await expectExact();
    }
    for (const generation of left) {
      await vi.waitFor(async () => expect(await redis.keys(`carat:${generation}:*`)).toEqual([]), {
        timeout: 15_000,
        interval: 100,
      });
    }
    await expectExact();
  });

  it('leaves a generation that was filled from another log', async () => {
    const first = await start();
    await log.sendGifts(60);
    await expectExact();
    await first.close();
    const other = await openLog();
    try {
      const second = await start(other);
      await other.sendGifts(31);
      await expectExact(15_000, other);
      expect(await second.metrics()).toMatch(/projection_generations_total\{reason="another_log"[^}]*\} 1/);
      await second.close();
    } finally {
      await other.close();
    }
  });
});

describe('the log', () => {
  it('may be shared with others, whose events mean nothing, whatever they are called', async () => {
    for (const stream of ['a-1', 'rates-x', 'seals']) await log.append(stream, 'GiftSent', { viewer: 7 });
    const { health } = await start();
    await log.sendGifts(20);
    await log.append('a-1', 'CoinsGranted', {});
    await log.sendGifts(20);
    await expectExact();
    await vi.waitFor(async () => expect(await health.ready()).toMatchObject({ ok: true }), {
      timeout: 10_000,
    });
  });

  it('may end before what was applied, which is said; then all is filled anew', async () => {
    const first = await start();
    await log.sendGifts(10);
    await expectExact();
    await first.close();
    const path = log.url.slice('sqlite:'.length);
    const database = new DatabaseSync(path, { timeout: 5_000 });
    database.prepare('VACUUM INTO ?').run(`${path}-older`);
    database.close();
    const sent = [...log.sent];
    const second = await start();
    await log.sendGifts(10);
    await expectExact();
    for (const rest of ['-wal', '-shm']) rmSync(`${path}${rest}`, { force: true });
    renameSync(`${path}-older`, path);
    log.sent.splice(sent.length);
    await expectExact();
    expect(await second.metrics()).toMatch(/projection_generations_total\{reason="beyond_the_log"[^}]*\} 1/);
  });
});

describe('losing jobs', () => {
  const queue = () =>
    new Queue(jobsQueue.name, { connection: { url: server.url }, prefix: jobsQueue.prefix });

  it('does not matter', async () => {
    await start();
    const jobs = queue();
    for (let i = 0; i < 5; i++) {
      await log.sendGifts(20);
      await jobs.obliterate({ force: true });
    }
    await expectExact();
    await jobs.close();
  });

  it('makes no more of them while nobody may take any', async () => {
    const { watchdog } = await start();
    await log.sendGifts(10);
    await expectExact();
    const jobs = queue();
    await jobs.pause();
    await log.sendGifts(10);
    const looks = new Set<unknown>();
    const enough = 5 + limits.stuckMs / limits.watchdogMs;
    const looked = () => looks.add(watchdog.seen('boards')).size;
    await expect.poll(looked, { timeout: 30_000, interval: 50 }).toBeGreaterThan(enough);
    // One of each unit, and one more where a run had just ended.
    expect(await jobs.getWaitingCount()).toBeLessThanOrEqual(4);
    await jobs.resume();
    await expectExact();
    await jobs.close();
  });

  it('frees a unit whose job was lost without a trace', async () => {
    await start();
    await log.sendGifts(10);
    await expectExact();
    const { generation } = (await reader.earnings('creator-0'))!.asOf;
    for (const unit of ['creators', 'boards']) {
      await redis.hset(`${jobsQueue.prefix}:units:lost-${unit}`, { name: unit, data: '{}' });
      await redis.set(`${jobsQueue.prefix}:units:de:${generation}:${unit}`, `lost-${unit}`);
    }
    await log.sendGifts(10);
    await expectExact(20_000);
    for (const unit of ['creators', 'boards']) {
      expect(await redis.get(`${jobsQueue.prefix}:units:de:${generation}:${unit}`)).not.toBe(`lost-${unit}`);
    }
  });
});

describe('an event that cannot be taken', () => {
  it('stops its unit there and no other, until it is skipped', async () => {
    const { health, metrics } = await start();
    await log.sendGifts(10);
    await expectExact();
    const poison = await log.sendGift(nthGift(10), { millidiamonds: -1 });
    await log.sendGift(nthGift(10));
    await vi.waitFor(
      async () => {
        const { checks } = await health.ready();
        expect(checks['unit creators']).toContain(`stopped at event ${poison}`);
        expect(checks['unit boards']).toContain(`stopped at event ${poison}`);
      },
      { timeout: 10_000 },
    );
    expect(await metrics()).toMatch(/projection_poisoned\{[^}]*unit="creators"[^}]*\} 1/);
    expect((await reader.earnings('creator-0'))?.gifts).toBe(
      truthOf(log.sent.slice(0, 10), 'live-0', 'creator-0', 0).earnings.gifts,
    );

    const skip = (unit: string) =>
      log.append('log', 'EventSkipped', { event: poison, unit, by: 'operator', reason: 'broken' });
    await skip('boards');
    await vi.waitFor(async () => expect((await health.ready()).checks['unit boards']).toBe('ok'), {
      timeout: 10_000,
    });
    expect((await health.ready()).checks['unit creators']).toContain('stopped');
    await skip('creators');
    await expectExact();
    await redis.flushall();
    await expectExact();
  });

  it('is seen by every projector, tried again when an operator asks, and forgotten afterwards', async () => {
    await log.sendGifts(10);
    const event = await log.sendGift(nthGift(10), { millidiamonds: -1 });
    const first = await start();
    const seen = () => first.units.poisonOf('creators');
    await expect.poll(seen, { timeout: 10_000 }).toMatchObject({ event, position: '11' });
    const { since } = (await seen())!;
    const { generation } = (await activeGeneration(redis))!;

    const retry = await askRetry(redis, generation, 'creators', event);
    const soon = limits.poisonRetryMs * 0.7;
    await expect.poll(seen, { timeout: soon }).toMatchObject({ event, since, retried: retry });

    // The one who was stopped is gone; another takes over what it noted.
    await first.close();
    const { health, units, metrics } = await start();
    const ready = async () => (await health.ready()).checks['unit creators'];
    await expect.poll(ready, { timeout: 10_000 }).toContain(`stopped at event ${event}`);
    expect((await units.poisonOf('creators'))!.since).toBe(since);
    await log.append('log', 'EventSkipped', { event, unit: 'creators', by: 'operator', reason: 'broken' });
    await expect.poll(ready, { timeout: 10_000 }).toBe('ok');
    expect(await redis.exists(tableKey(generation, 'creators', poisonTable))).toBe(0);
    expect(await redis.exists(tableKey(generation, 'boards', poisonTable))).toBe(1);
    expect(await metrics()).toMatch(/projection_poisoned\{[^}]*unit="creators"[^}]*\} 0/);
  });

  it('is one that another hand has altered; a unit stops there until it is put right', async () => {
    await log.sendGifts(10);
    // One that is altered already when the log is opened is refused there.
    const store = await log.open();
    const database = new DatabaseSync(log.url.slice('sqlite:'.length), { timeout: 5_000 });
    const alter = (from: string, to: string) =>
      database.exec(`UPDATE events SET data = replace(data, '${from}', '${to}') WHERE position = 5`);
    alter('"rate":1000', '"rate":1001');
    const { health } = await start(log, store);
    await vi.waitFor(
      async () => {
        const { ok, checks } = await health.ready();
        expect(ok).toBe(false);
        for (const unit of ['creators', 'boards']) {
          expect(checks[`unit ${unit}`]).toMatch(/^stopped at event \S+: The event at position 5, GiftSent /);
        }
      },
      { timeout: 10_000 },
    );
    alter('"rate":1001', '"rate":1000');
    database.close();
    await expectExact();
  });

  it('may be what the log says of itself: then it is not ready, and says why', async () => {
    const { health } = await start();
    await log.sendGifts(3);
    await expectExact();
    const database = new DatabaseSync(log.url.slice('sqlite:'.length), { timeout: 5_000 });
    database.exec(`UPDATE events SET created = created + 1 WHERE type = 'LogCreated'`);
    database.close();
    await vi.waitFor(
      async () => {
        const { checks } = await health.ready();
        expect(checks['event store']).toMatch(/LogCreated 0 of log .* is not what was written/);
      },
      { timeout: 10_000 },
    );
  });

  it('is one that would take a total beyond the exact integers, found among many', async () => {
    const { health } = await start();
    await expect.poll(async () => (await health.ready()).ok, { timeout: 10_000 }).toBe(true);
    const large = { coins: 1, millidiamonds: 2 ** 52 };
    await log.sendGifts(5);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(await log.sendGift({ ...nthGift(0), ...large }, { count: 1 }));
    await vi.waitFor(
      async () =>
        expect((await health.ready()).checks['unit creators']).toContain(`stopped at event ${ids[1]}`),
      { timeout: 10_000 },
    );
    const earned = truthOf(log.sent, 'live-0', 'creator-0', 0).earnings.millidiamonds;
    expect((await reader.earnings('creator-0'))?.millidiamonds).toBe(earned + 2 ** 52);
  });
});
