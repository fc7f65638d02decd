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

/** A connection to a log that is about to crash, and has not been closed. */
export type Crashing = {
  readonly store: EventStore;
  /**
   * Crashes now, unless it has happened; afterwards `open` opens what is left.
   * @returns whether it had happened before
   */
  crash(): Promise<boolean>;
};

/** One fresh log. `open` may be called again and again; each call is a connection of its own. */
export type FreshLog = {
  open(): Promise<EventStore>;
  /**
   * Opens a connection that crashes as by `kill -9` once so many steps of its appends are done, whatever the
   * store's steps are: what the suite tries with 0, 1, 2 … must in the end be more than an append has. What
   * has not been answered by then may still be, but only with what is true; it may also never be more than
   * `outcome_unknown`. No other connection is open meanwhile.
   */
  openCrashing?(steps: number): Promise<Crashing>;
};

/** What a store is able to. What it lacks is proved to be missing, never passed over. */
export type Capabilities = {
  /** The log outlives the last connection to it. */
  readonly reopen: boolean;
  /** Several connections may be open at once, as several processes would have them. */
  readonly processes: boolean;
  /** The suite can crash it between any two steps of an append: `openCrashing` is there. */
  readonly crash: boolean;
  /** Positions are consecutive numbers; otherwise there are gaps between them. */
  readonly gaplessPositions: boolean;
  /** An append answers the position of its own last event; otherwise that of a later one, of its group. */
  readonly ownPositions: boolean;
  /** `created` is kept to the millisecond; otherwise in whole seconds. */
  readonly milliseconds: boolean;
  /** One append may name streams whose names differ in nothing but case; otherwise that is invalid. */
  readonly casesInOneAppend: boolean;
  /**
   * A filtered read looks at exactly as many events as its limit says, and so do pages that match nothing;
   * otherwise it passes over what does not match without counting it.
   */
  readonly countsWhatItPasses: boolean;
};

/** How much of what is random or repeated is run. */
export type Effort = {
  /** Runs of each property; half as many where a run is long. */
  readonly runs: number;
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
    await proof({ ...log, open, store: await open() });
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

/** What a position looks like. */
export const anyPosition = expect.stringMatching(/^(0|[1-9]\d{0,19})$/);

/** What an append that went through answers, with the revisions it reached. */
export const appended = (...revisions: readonly number[]): unknown => ({
  appended: true,
  position: anyPosition,
  revisions,
});

/** What an append that did not go through answers. */
export const conflict = (...conflicts: readonly (readonly [string, Expected, Expected])[]): unknown => ({
  appended: false,
  conflicts: conflicts.map(([stream, expected, actual]) => ({ stream, expected, actual })),
});

/** The revision a write reaches when it goes through. */
export const reached = ({ expected, events }: StreamWrite): number =>
  (expected === 'no_stream' ? -1 : expected) + events.length;

/** Appends, and insists that it went through and every field of the answer is as it should be. */
export const appendAll = async (store: EventStore, writes: readonly StreamWrite[]): Promise<Position> => {
  const result = await store.append(writes);
  expect(result).toEqual(appended(...writes.map(reached)));
  return positionOf(result);
};

/** Appends to one stream and insists that it went through. */
export const append = (
  store: EventStore,
  stream: string,
  expected: Expected,
  events: readonly NewEvent[],
): Promise<Position> => appendAll(store, [write(stream, expected, events)]);

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
    const after = page?.upTo;
    page = await store.readAll({ after, limit, ...(prefixes && { prefixes }) });
    if (!page.atHead && page.upTo === after) throw new Error(`A page after ${after} that gets nowhere.`);
    events.push(...page.events);
  } while (!page.atHead);
  return events;
};

export const readWholeStream = async (store: EventStore, stream: string): Promise<readonly StoredEvent[]> => {
  const page = await store.readStream(stream, { limit: 10_000 });
  return page.exists ? page.events : [];
};

/** Clocks may differ by less than this. */
const maxClockDifferenceMs = 10 * 60_000;

const isNow = (time: unknown): boolean =>
  Number.isSafeInteger(time) && Math.abs(Date.now() - (time as number)) < maxClockDifferenceMs;

/**
 * What the store must show of new events that were written to a stream from a revision on, every field of it.
 */
export const stored = (stream: string, from: number, events: readonly NewEvent[]): unknown[] =>
  events.map((event, place) => ({
    ...event,
    stream,
    revision: from + place,
    position: anyPosition,
    created: expect.toSatisfy(isNow, 'created is the time of now, in ms'),
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
