import { generateKeyPairSync } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import {
  createSealCheck,
  type EventStore,
  readSeal,
  readSealKey,
  type Seal,
  type SealFinding,
  sealsStream,
} from '@carat/event-store';
import { createClock, createLogger, createMetrics } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalRedis, startRedis } from '../../../../infra/local/redis.ts';
import { createLease, leaseKeys } from '../lease.ts';
import { limits } from '../limits.ts';
import { createProjectorMetrics } from '../metrics.ts';
import { createTail } from '../tail.ts';
import { type Log, openLog } from '../testing/log.ts';
import { startSealer } from './sealer.ts';

const pace = { everyMs: 60, lookMs: 10, retryMs: 50 };
const leaseMs = 300;
const timeout = 15_000;

let server: LocalRedis;
let redis: Redis;
let log: Log;
/** Open all the time, as a log that is damaged may be refused later. */
let reader: EventStore;
let closing: (() => Promise<void>)[];

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: 0, enableOfflineQueue: false });
  redis.on('error', () => undefined);
  await vi.waitFor(() => expect(redis.status).toBe('ready'));
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  closing = [];
  if (redis.status === 'ready') await redis.flushall();
  log = await openLog();
  reader = await log.open();
});
afterEach(async () => {
  for (const close of closing) await close();
  await log.close();
});

type More = Partial<Parameters<typeof startSealer>[0]>;

const start = async (more: More = {}) => {
  const store = await log.open();
  const metrics = createMetrics('projector');
  const sealer = startSealer({
    store,
    tail: createTail(store, { maxEvents: 100 }),
    lease: createLease(redis, leaseKeys.sealing, leaseMs),
    clock: createClock(),
    clockFault: () => undefined,
    key: undefined,
    log: createLogger({ service: 'projector', level: 'silent' }),
    metrics: createProjectorMetrics(metrics),
    pace,
    ...more,
  });
  closing.push(() => sealer.stop());
  return { ...sealer, store, metrics: () => metrics.registry.metrics() };
};

/** Holds the whole log against its seals. */
const check = async () => {
  const findings: SealFinding[] = [];
  const made: Seal[] = [];
  const sealCheck = createSealCheck((finding) => findings.push(finding));
  const page = await reader.readStream(sealsStream, { limit: 10_000 });
  for (const event of page.exists ? page.events : []) {
    sealCheck.announce(event);
    made.push(readSeal(event) as Seal);
  }
  for (const event of (await reader.readAll({ limit: 10_000 })).events) sealCheck.see(event);
  const sums = sealCheck.finish();
  return { ...sums, findings, seals: made };
};

/** All but seals is sealed, and every seal fits. */
const expectSealed = async (): Promise<readonly Seal[]> => {
  await vi.waitFor(
    async () => {
      const { findings, sealed, seals } = await check();
      expect(findings).toEqual([]);
      const { events } = await reader.readAll({ limit: 10_000 });
      expect(events.slice(sealed).every(({ stream }) => stream === sealsStream)).toBe(true);
      expect(seals.length).toBeGreaterThan(0);
    },
    { timeout, interval: 20 },
  );
  return (await check()).seals;
};

describe('a sealer', () => {
  it('seals what was there and what comes, and then rests', async () => {
    await log.sendGifts(40);
    const { store, metrics, fault } = await start();
    await expectSealed();
    await log.sendGifts(40);
    const seals = await expectSealed();
    expect(seals.length).toBeGreaterThan(1);
    expect(fault()).toBeUndefined();
    const text = await metrics();
    expect(text).toMatch(new RegExp(`log_seals_total\\{[^}]*\\} ${seals.length}\\b`));
    expect(text).toMatch(new RegExp(`log_last_seal_number\\{[^}]*\\} ${seals.length}\\b`));
    expect(text).toMatch(/log_last_seal_timestamp_seconds\{[^}]*\} \d+\.\d/);

    // Once the lease has lapsed nobody asks for it again, so nothing is done any more.
    await vi.waitFor(async () => expect(await redis.exists('carat:sealer')).toBe(0), { timeout });
    const before = await store.head();
    const commands = async () => Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))![1]);
    const counted = await commands();
    await vi.waitFor(async () => expect(await redis.exists('carat:sealer')).toBe(0));
    expect((await commands()) - counted).toBeLessThanOrEqual(3);
    expect(await store.head()).toEqual(before);
  });

  it('takes what the units have read, where it is at hand', async () => {
    let mayWork = true;
    const lease = { hold: async () => mayWork, release: async () => undefined };
    const store = await log.open();
    const tail = createTail(store, { maxEvents: 100 });
    let taken = 0;
    const kept: typeof tail.kept = (after, limit) => {
      const events = tail.kept(after, limit);
      taken += events.length;
      return events;
    };
    await log.sendGifts(10);
    const { stop } = await start({ lease, tail: { kept } });
    await expectSealed();
    expect(taken).toBe(0);
    mayWork = false;
    await log.sendGifts(30);
    await tail.read(undefined, 1_000);
    mayWork = true;
    await expectSealed();
    expect(taken).toBeGreaterThan(30);
    await stop();
  });

  it('gathers for a while what comes before it seals again', async () => {
    await start();
    const began = performance.now();
    await vi.waitFor(
      async () => {
        await log.sendGifts(3);
        expect((await check()).seals.length).toBeGreaterThan(4);
      },
      { timeout, interval: 1 },
    );
    const { seals } = await check();
    expect(seals.length).toBeLessThanOrEqual(1 + (performance.now() - began) / pace.everyMs);
  });

  it('signs where it has a key', async () => {
    const { privateKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const key = readSealKey(privateKey);
    await start({ key });
    await log.sendGifts(5);
    await expectSealed();
    const { seals, signed, keys, findings } = await check();
    expect({ signed, keys, findings }).toEqual({ signed: seals.length, keys: [key.key], findings: [] });
  });

  it('makes none by a clock that is wrong', async () => {
    let wrong: string | undefined = 'the clock is 90 s ahead of that of others';
    let asked = 0;
    const clockFault = () => {
      asked += 1;
      return wrong;
    };
    await start({ clockFault });
    await log.sendGifts(5);
    await vi.waitFor(() => expect(asked).toBeGreaterThan(5), { timeout });
    expect((await check()).seals).toEqual([]);
    wrong = undefined;
    await expectSealed();
  });
});

describe('several sealers', () => {
  it('take turns: one works, and another when that one is gone', async () => {
    const lease = () => createLease(redis, leaseKeys.sealing, 60_000);
    const [first, second] = [await start({ lease: lease() }), await start({ lease: lease() })];
    const made = async ({ metrics }: typeof first) =>
      Number(/log_seals_total\{[^}]*\} (\d+)/.exec(await metrics())?.[1] ?? 0);
    for (let n = 0; n < 5; n++) {
      await log.sendGifts(10);
      await expectSealed();
    }
    const [byFirst, bySecond] = [await made(first), await made(second)];
    expect(Math.max(byFirst, bySecond)).toBe((await check()).seals.length);
    expect(Math.min(byFirst, bySecond)).toBe(0);
    const [working, waiting] = byFirst > bySecond ? [first, second] : [second, first];
    await working.stop();
    const before = await made(waiting);
    await log.sendGifts(10);
    await expectSealed();
    expect(await made(waiting)).toBeGreaterThan(before);
  });

  it('all try without a lease, and make one chain', async () => {
    const lease = { hold: async () => true, release: async () => undefined };
    for (let n = 0; n < 4; n++) await start({ lease, pace: { ...pace, everyMs: 15 + n } });
    for (let made = 0; made < 10; ) {
      await log.sendGifts(10);
      made = (await expectSealed()).length;
    }
  });

  it('go on while Redis is away', async () => {
    const dead = new Redis({
      port: 1,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: () => null,
    });
    dead.on('error', () => undefined);
    await start({ lease: createLease(dead, leaseKeys.sealing, limits.sealLeaseMs) });
    await start({ lease: createLease(dead, leaseKeys.sealing, limits.sealLeaseMs) });
    await log.sendGifts(20);
    await expectSealed();
    dead.disconnect();
  });
});

describe('a log that is not what it was', () => {
  it('is gone on with where it was replaced by an older state of itself', async () => {
    await start();
    await log.sendGifts(20);
    await expectSealed();
    const path = log.url.slice('sqlite:'.length);
    const database = new DatabaseSync(path, { timeout: 5_000 });
    database.prepare('VACUUM INTO ?').run(`${path}-older`);
    database.close();
    await log.sendGifts(20);
    await expectSealed();
    for (const rest of ['-wal', '-shm']) await rm(`${path}${rest}`, { force: true });
    await rename(`${path}-older`, path);
    for (let n = 0; n < 20; n++) await log.append(`live-after-${n}`, 'LiveStarted', { n });
    await expectSealed();
    const { events } = await reader.readAll({ limit: 1_000 });
    expect(events.filter(({ stream }) => stream !== sealsStream)).toHaveLength(40);
  });

  it('is not sealed over, which is said, until it is put right', async () => {
    const { fault, metrics, store } = await start();
    await log.sendGifts(10);
    await expectSealed();
    const last = (await check()).seals.at(-1)!;
    await log.append(sealsStream, 'LogSealed', { ...last, number: last.number + 1, lastEvent: 'gone' });
    await log.sendGifts(1);
    await vi.waitFor(() => expect(fault()).toMatch(/^The last seal, event \d+ of seals, covers the log/), {
      timeout,
    });
    expect(await metrics()).toMatch(/log_sealing_stopped\{[^}]*\} 1/);
    const { seals } = await check();
    await log.sendGifts(5);
    await vi.waitFor(async () => expect(await store.head()).toBeDefined());
    expect((await check()).seals).toHaveLength(seals.length);
  });

  it('is sealed up to where it is damaged, and on when it is mended', async () => {
    await log.sendGifts(20);
    const database = new DatabaseSync(log.url.slice('sqlite:'.length), { timeout: 5_000 });
    const alter = (by: number) =>
      database.exec(`UPDATE events SET created = created + ${by} WHERE position = 12`);
    const lease = { hold: async () => mayBegin, release: async () => undefined };
    let mayBegin = false;
    const { fault, metrics, store } = await start({ lease });
    alter(1);
    mayBegin = true;
    await vi.waitFor(() => expect(fault()).toContain('The event at position 12'), { timeout });
    const sealUpTo = async () => {
      const page = await store.readStream(sealsStream, { limit: 10 });
      return page.exists ? page.events.map((event) => (readSeal(event) as Seal).events) : [];
    };
    await vi.waitFor(async () => expect(await sealUpTo()).toEqual([11]), { timeout });
    alter(-1);
    database.close();
    await expectSealed();
    await vi.waitFor(() => expect(fault()).toBeUndefined(), { timeout });
    expect(await metrics()).toMatch(/log_sealing_stopped\{[^}]*\} 0/);
  });
});
