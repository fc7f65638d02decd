import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logCreated, streams } from '@carat/domain';
import {
  createSealing,
  type EventStore,
  type JsonObject,
  openSqliteStore,
  type StoredEvent,
} from '@carat/event-store';
import { simulateLive } from '@carat/simulator';

/** 2026-06-10, a Wednesday, 11:58 UTC: two minutes before an hour ends. */
export const begin = Date.UTC(2026, 5, 10, 11, 58);
export const minute = 60_000;

/** A UUIDv7 of an instant; `n` tells those of the same instant apart. */
export const comboId = (at: number, n = 0): string => {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`;
};

export type Gift = {
  readonly viewer: string;
  readonly at: number;
  readonly live?: string;
  readonly creator?: string;
  readonly gift?: string;
  readonly coins?: number;
  readonly combo?: string;
  readonly booked?: number;
};

const grantedCoins = 1_000_000;
const giftsPerAppend = 50;

/** A real log in a folder of its own, written by a clock that specs turn. */
export const openPastLog = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-history-'));
  const path = join(dir, 'log.db');
  const store = await openSqliteStore(path);
  let now = begin;
  const sealing = createSealing({ store, now: () => now });
  const revisions = new Map<string, number>();
  const balances = new Map<string, number>();
  const counts = new Map<string, number>();

  type Write = readonly [stream: string, type: string, data: JsonObject];
  const write = async (...writes: readonly Write[]): Promise<string[]> => {
    const byStream = Map.groupBy(writes, ([stream]) => stream);
    const appended = [...byStream].map(([stream, events]) => ({
      stream,
      expected: revisions.get(stream) ?? ('no_stream' as const),
      events: events.map(([, type, data]) => ({ id: randomUUID() as string, type, data })),
    }));
    const result = await store.append(appended);
    if (!result.appended) throw new Error(`A conflict: ${JSON.stringify(result.conflicts)}`);
    for (const [i, { stream }] of appended.entries()) revisions.set(stream, result.revisions[i]!);
    return appended.flatMap(({ events }) => events.map(({ id }) => id));
  };

  const grant = (viewer: string, at: number): Write => {
    balances.set(viewer, grantedCoins);
    const data = { grant: `g-${viewer}`, viewer, coins: grantedCoins, at, after: { balance: grantedCoins } };
    return [streams.wallet(viewer), 'CoinsGranted', data];
  };

  const gift = (sent: Gift): Write => {
    const { viewer, at, live = 'gala', creator = 'cleo', gift: id = 'rose', coins: unitCoins = 5 } = sent;
    const { booked = 1, combo = comboId(at, revisions.size) } = sent;
    const count = (counts.get(viewer + combo) ?? 0) + booked;
    counts.set(viewer + combo, count);
    const coins = booked * unitCoins;
    const balance = balances.get(viewer)! - coins;
    balances.set(viewer, balance);
    const rate = 500;
    const data = { combo, viewer, live, creator, gift: id, booked, count, coins, unitCoins, rate, at };
    return [streams.wallet(viewer), 'GiftSent', { ...data, millidiamonds: coins * rate, after: { balance } }];
  };

  await store.append([logCreated(randomUUID(), 'log-of-specs')]);
  revisions.set(streams.log, 0);
  return {
    path,
    store,
    write,
    start: (live: string, at: number, creator = 'cleo') =>
      write([streams.live(live), 'LiveStarted', { live, creator, title: null, by: creator, at }]),
    /** Sends gifts, in one append for a few of them; whoever is new is granted coins before. */
    async send(...gifts: readonly Gift[]): Promise<string[]> {
      const ids: string[] = [];
      for (let first = 0; first < gifts.length; first += giftsPerAppend) {
        const part = gifts.slice(first, first + giftsPerAppend);
        const grants = part.flatMap(({ viewer, at }) => (balances.has(viewer) ? [] : [grant(viewer, at)]));
        ids.push(...(await write(...grants, ...part.map(gift))).slice(grants.length));
      }
      return ids;
    },
    /** Seals all that was written, at an instant. */
    async seal(at: number): Promise<void> {
      now = at;
      while (!(await sealing.gather(10_000)));
      await sealing.seal();
    },
    async close(): Promise<void> {
      await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

export type PastLog = Awaited<ReturnType<typeof openPastLog>>;

const sealEveryMs = 5_000;

/** Plays a simulated live into a log by its own clock, with a seal every five seconds. @returns its end */
export const writeSimulatedLive = async (log: PastLog, seed: number): Promise<number> => {
  const { frames, header } = simulateLive({
    seed,
    durationMs: 2 * minute,
    sendsPerMinute: 150,
    viewers: 120,
  });
  const prices = new Map(header.gifts.map(({ id, coins }) => [id, coins]));
  const counts = new Map<string, number>();
  await log.start('gala', begin);
  let gifts: Gift[] = [];
  let nextSeal = begin + sealEveryMs;
  for (const { viewer, gift, combo, count, t } of frames) {
    const at = begin + t;
    if (at >= nextSeal) {
      await log.send(...gifts);
      await log.seal(nextSeal);
      [gifts, nextSeal] = [[], at + sealEveryMs];
    }
    const booked = count - (counts.get(viewer + combo) ?? 0);
    if (booked <= 0) continue;
    counts.set(viewer + combo, count);
    gifts.push({ viewer, at, gift, coins: prices.get(gift)!, booked, combo });
  }
  await log.send(...gifts);
  return nextSeal;
};

/** Counts what is read of a log: events looked at, by what was asked for. */
export const countReads = (store: EventStore) => {
  const read = { events: 0, firstAfter: undefined as string | undefined, streamEvents: 0 };
  const counted: EventStore = {
    append: (writes) => store.append(writes),
    async readStream(stream, asked) {
      const page = await store.readStream(stream, asked);
      if (page.exists) read.streamEvents += page.events.length;
      return page;
    },
    async readAll(asked) {
      const page = await store.readAll(asked);
      read.firstAfter ??= asked.after ?? '0';
      read.events += Number(page.upTo ?? 0) - Number(asked.after ?? 0);
      return page;
    },
    head: () => store.head(),
    eventAt: (position) => store.eventAt(position),
    onMore: (listener) => store.onMore(listener),
    close: () => store.close(),
  };
  return { store: counted, read };
};

/** The whole log at once. */
export const readWhole = async (store: EventStore): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.position;
    const page = await store.readAll({ after, limit: 10_000 });
    events.push(...page.events);
    if (page.atHead) return events;
  }
};
