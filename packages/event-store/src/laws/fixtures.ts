import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import {
  type AppendResult,
  type EventStore,
  EventStoreError,
  type EventStoreErrorCode,
  type Expected,
  type JsonObject,
  type LogPage,
  type NewEvent,
  type Position,
  type StoredEvent,
  type StreamWrite,
} from '../port.ts';

/** One fresh log. `open` may be called again and again; each call is a connection of its own. */
export type FreshLog = { open(): Promise<EventStore> };

/** What a store is able to. What it lacks is proved to be refused, never passed over. */
export type Capabilities = {
  /** The log outlives the last connection to it. */
  readonly reopen: boolean;
  /** Several connections may be open at once, as several processes would have them. */
  readonly processes: boolean;
};

export type Log = FreshLog & { readonly store: EventStore };

/** Proves a law on a fresh log with one connection open. */
export type Proof = (log: Log) => Promise<void>;

/** Proofs by what they prove. */
export type Laws = Readonly<Record<string, Proof>>;

/** Runs a proof, and closes every connection that it opened. */
export const prove = async (factory: () => Promise<FreshLog>, proof: Proof): Promise<void> => {
  const log = await factory();
  const opened: EventStore[] = [];
  const open = async (): Promise<EventStore> => {
    const store = await log.open();
    opened.push(store);
    return store;
  };
  try {
    await proof({ open, store: await open() });
  } finally {
    await Promise.all(opened.map((store) => store.close()));
  }
};

export const newEvent = (data: JsonObject = { some: 'thing' }, type = 'Happened'): NewEvent => ({
  id: randomUUID(),
  type,
  data,
});

export const newEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, place) => newEvent({ place }));

export const write = (stream: string, expected: Expected, events: readonly NewEvent[]): StreamWrite => ({
  stream,
  expected,
  events,
});

/** Appends to one stream and insists that it went through. */
export const append = async (
  store: EventStore,
  stream: string,
  expected: Expected,
  events: readonly NewEvent[],
): Promise<Position> => positionOf(await store.append([write(stream, expected, events)]));

export const positionOf = (result: AppendResult): Position => {
  if (!result.appended) throw new Error(`A conflict: ${JSON.stringify(result.conflicts)}`);
  return result.position;
};

/** All of the log, or of what begins with the prefixes, in pages of `limit` looked at. */
export const readWholeLog = async (
  store: EventStore,
  limit = 1_000,
  prefixes?: readonly string[],
): Promise<StoredEvent[]> => {
  const events: StoredEvent[] = [];
  let page: LogPage | undefined;
  do {
    page = await store.readAll({ after: page?.upTo, limit, ...(prefixes && { prefixes }) });
    events.push(...page.events);
  } while (!page.atHead);
  return events;
};

export const readWholeStream = async (store: EventStore, stream: string): Promise<readonly StoredEvent[]> => {
  const page = await store.readStream(stream, { limit: 10_000 });
  return page.exists ? page.events : [];
};

/**
 * What the store must show of new events that were written to a stream from a revision on, every field of it.
 */
export const stored = (stream: string, from: number, events: readonly NewEvent[]): unknown[] =>
  events.map((event, place) => ({
    ...event,
    stream,
    revision: from + place,
    position: expect.stringMatching(/^\d+$/),
    created: expect.any(Number),
  }));

export const expectError = async (attempt: Promise<unknown>, code: EventStoreErrorCode): Promise<void> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EventStoreError);
  expect((error as EventStoreError).code).toBe(code);
};

/**
 * How long, in ms, a step that is run again and again takes at the median: one slow turn of the machine is no
 * proof.
 */
export const medianMs = async (times: number, step: (place: number) => Promise<void>): Promise<number> => {
  const took: number[] = [];
  for (let place = 0; place < times; place += 1) {
    const since = performance.now();
    await step(place);
    took.push(performance.now() - since);
  }
  return took.sort((a, b) => a - b)[times >> 1] ?? 0;
};
