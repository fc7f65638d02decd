import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'vitest';
import { type EventStore, type LogPage, limits, type StoredEvent } from '../port.ts';
import {
  append,
  appendAll,
  type Laws,
  newEvents,
  type Proof,
  readWholeLog,
  readWholeStream,
  stored,
  write,
} from './fixtures.ts';

const writers = 8;
const batchesEach = 25;

/**
 * Appends batches of 1 to 4 events to two streams in turn: its own, and one that it shares with all others.
 */
const runWriter = async (store: EventStore, own: string): Promise<void> => {
  let last = -1;
  for (let batch = 0; batch < batchesEach; batch += 1) {
    const events = newEvents(1 + (batch % 4));
    await append(store, own, last < 0 ? 'no_stream' : last, events);
    last += events.length;
    await appendToShared(store, batch);
  }
};

const appendToShared = async (store: EventStore, batch: number): Promise<void> => {
  const events = newEvents(1 + (batch % 4));
  let expected: number | 'no_stream' = 'no_stream';
  for (;;) {
    const result = await store.append([write('shared-1', expected, events)]);
    if (result.appended) return;
    expected = result.conflicts[0]?.actual ?? 'no_stream';
  }
};

/** Reads page after page while the writers run, and a last time when they are done. */
const readAlong = async (store: EventStore, isDone: () => boolean): Promise<StoredEvent[]> => {
  const seen: StoredEvent[] = [];
  let page: LogPage | undefined;
  for (let done = false; !(done && page?.atHead); ) {
    done = isDone();
    page = await store.readAll({ after: page?.upTo, limit: 50 });
    seen.push(...page.events);
    await nextTurn();
  }
  return seen;
};

const proveOrder = async (store: EventStore, seen: readonly StoredEvent[]): Promise<void> => {
  expect(await readWholeLog(store, limits.maxReadEvents)).toEqual(seen);
  const streams = Map.groupBy(seen, ({ stream }) => stream);
  expect(streams.size).toBe(writers + 1);
  for (const [stream, events] of streams) {
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, place) => place));
    expect(await readWholeStream(store, stream)).toEqual(events);
  }
};

const proveStability =
  (several: boolean): Proof =>
  async ({ store, open }) => {
    const own = async (): Promise<EventStore> => (several ? open() : store);
    const stores = await Promise.all(Array.from({ length: writers }, own));
    let running = writers;
    const writing = stores.map(async (writer, place) => {
      await runWriter(writer, `own-${place}`);
      running -= 1;
    });
    const seen = await readAlong(store, () => running === 0);
    await Promise.all(writing);
    await proveOrder(store, seen);
  };

const proveWholeness =
  (several: boolean): Proof =>
  async ({ store, open }) => {
    const reader = several ? await open() : store;
    let done = false;
    const writing = (async () => {
      for (let last = -1; last < 250; last += 5) {
        const expected = last < 0 ? 'no_stream' : last;
        const writes = [write('a-1', expected, newEvents(5)), write('a-2', expected, newEvents(5))];
        await appendAll(store, writes);
      }
      done = true;
    })();
    while (!done) {
      const page = await reader.readAll({ limit: limits.maxReadEvents });
      expect(page.events.length % 10).toBe(0);
      const stream = await readWholeStream(reader, 'a-2');
      expect(stream.length % 5).toBe(0);
      await nextTurn();
    }
    await writing;
  };

const proveSight =
  (several: boolean): Proof =>
  async ({ store, open }) => {
    const reader = several ? await open() : store;
    for (let revision = 0; revision < 20; revision += 1) {
      const [event] = newEvents(1);
      await append(store, 'a-1', revision === 0 ? 'no_stream' : revision - 1, event ? [event] : []);
      const last = (await readWholeLog(reader)).at(-1) as StoredEvent;
      expect([last]).toEqual(stored('a-1', revision, event ? [event] : []));
      const { position, id, created } = last;
      expect(await reader.head()).toEqual({ position, id, created });
      expect(await reader.eventAt(position)).toBe(id);
      expect(await reader.readStream('a-1', { limit: 1, direction: 'backwards' })).toEqual({
        exists: true,
        last: revision,
        events: [last],
      });
    }
  };

/** @param several whether the writers and the reader have connections of their own */
export const atOnceLaws = (several: boolean): Laws => {
  const whose = several ? 'of several connections' : 'of one connection';
  return {
    [`L8, L9, L12: under ${writers} writers ${whose} nothing appears below what was read, or moves`]:
      proveStability(several),
    [`L2: no reader ${whose} ever sees a part of an append`]: proveWholeness(several),
    [`L13: what an append has answered, every read ${whose} sees`]: proveSight(several),
  };
};
