import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { beginDay, type DayEarnings, type Event, prefixes, readEventOf, streams } from '@carat/domain';
import {
  comparePositions,
  type EventStore,
  openEventStore,
  type Position,
  type StreamWrite,
} from '@carat/event-store';
import { readCuts, walkSettledGifts } from '@carat/history';
import { activeGeneration, readCheckpoint, type Unit } from '@carat/read-models';
import type { Redis } from 'ioredis';
import { v7 } from 'uuid';

const viewers = 10_000;
const streamsPerAppend = 100;
const eventsPerStream = 5;
const pollMs = 50;
const maxWaitMs = 600_000;

/** Gifts of a day that is over: every creator gets as many, from viewers of their own. */
export const writeGifts = async (url: string, gifts: number, creators: number): Promise<void> => {
  const store = await openEventStore(url);
  const at = Date.now() - 86_400_000;
  const revisions = new Map<string, number>();
  const giftOf = (n: number, viewer: string): Event<'GiftSent'> => ({
    type: 'GiftSent',
    data: {
      ...{ combo: v7(), viewer, live: 'past', creator: `creator-${n % creators}`, gift: 'rose' },
      ...{ booked: 1, count: 1, coins: 5, millidiamonds: 5_000, unitCoins: 5, rate: 1_000, at: at + n },
      after: { balance: 0 },
    },
  });
  for (let n = 0; n < gifts; ) {
    const writes: StreamWrite[] = [];
    while (n < gifts && writes.length < streamsPerAppend) {
      const viewer = `past-${Math.floor(n / eventsPerStream) % viewers}`;
      const count = Math.min(eventsPerStream, gifts - n);
      const events = Array.from({ length: count }, (_, k) => ({ id: v7(), ...giftOf(n + k, viewer) }));
      const stream = streams.wallet(viewer);
      const last = revisions.get(stream) ?? -1;
      writes.push({ stream, expected: last < 0 ? 'no_stream' : last, events });
      revisions.set(stream, last + count);
      n += count;
    }
    await store.append(writes);
  }
  await store.close();
};

/** Waits until the numbers are as of the log's end. */
export const awaitProjected = async (redis: Redis, store: EventStore): Promise<void> => {
  const head = (await store.head())!.position;
  const deadline = performance.now() + maxWaitMs;
  for (;;) {
    const active = await activeGeneration(redis);
    const isBehind = async (unit: Unit): Promise<boolean> => {
      const checkpoint = await readCheckpoint(redis, active!.generation, unit);
      return comparePositions((checkpoint?.position ?? '0') as Position, head) < 0;
    };
    if (active && !(await Promise.all(active.units.map(isBehind))).some(Boolean)) return;
    if (performance.now() > deadline) throw new Error('The numbers never came to the end of the log.');
    await pause(pollMs);
  }
};

/** Creators and their hashes, in an order that does not depend on anything. */
const digestOf = (hashes: readonly string[]): string =>
  createHash('sha256').update(hashes.toSorted().join('\n')).digest('hex');

/** What the log says was settled in all: waits for the day's end. */
export const awaitSettled = async (store: EventStore): Promise<Event<'DaySettled'>['data']> => {
  const deadline = performance.now() + maxWaitMs;
  while (performance.now() < deadline) {
    const page = await store.readStream(streams.settlement, { direction: 'backwards', limit: 1 });
    const last = page.exists ? page.events[0] : undefined;
    if (last?.type === 'DaySettled') return readEventOf(['DaySettled'], last).data;
    await pause(pollMs);
  }
  throw new Error(`The day was not settled within ${maxWaitMs / 1_000} s.`);
};

/** One number for all that was settled, as it stands in the log. */
export const digestSettled = async (store: EventStore): Promise<string> => {
  const hashes: string[] = [];
  for (let after: Position | undefined; ; ) {
    const page = await store.readAll({ after, prefixes: [prefixes.earnings], limit: 10_000 });
    for (const { data } of page.events) hashes.push(`${data.creator} ${data.hash}`);
    if (page.atHead) return digestOf(hashes);
    after = page.upTo;
  }
};

/** The same, settled again from a log's gifts without looking at what was settled. */
export const digestAgain = async (store: EventStore): Promise<{ digest: string; seconds: number }> => {
  const began = performance.now();
  const earned: DayEarnings[] = [];
  for (const cut of await readCuts(store)) {
    const day = beginDay(cut.day);
    for await (const gifts of walkSettledGifts(store, cut)) {
      for (const { id, gift } of gifts) day.book(id, gift);
    }
    earned.push(...day.earned());
  }
  const digest = digestOf(earned.map(({ creator, hash }) => `${creator} ${hash}`));
  return { digest, seconds: (performance.now() - began) / 1_000 };
};

/** The most memory that a process ever had, in MiB, and its CPU seconds so far. */
export const measureProcess = async (pid: number): Promise<{ peakMiB: number; cpuSeconds: number }> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    peakMiB: Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1_024),
    cpuSeconds: ticks / 100,
  };
};
