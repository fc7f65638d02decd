import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, vi } from 'vitest';
import type { AppendResult, EventStore, StoredEvent, StreamWrite } from '../port.ts';
import { type Aim, aimsAt, plain, streamNames, toWrites, withoutPosition } from './aims.ts';
import { type Capabilities, type Effort, type FreshLog, readWholeLog } from './fixtures.ts';
import { collect } from './following.ts';
import { createModel, type Model } from './model.ts';
import { proveOfMany } from './properties.ts';

const bounded = { timeout: 20_000, interval: 1 };

/** An append, the connections it is sent through at once, and what each of them answered. */
export type Sent = {
  readonly writes: StreamWrite[];
  readonly by: readonly EventStore[];
  readonly results: readonly AppendResult[];
};

/**
 * The model after the appends that the log holds, one after the other in its order. Each of them is in it
 * whole, at the revisions it answered; of the others there is nothing.
 */
export const proveSomeOrder = (
  log: readonly StoredEvent[],
  sent: readonly { readonly writes: StreamWrite[]; readonly results: readonly AppendResult[] }[],
): Model => {
  const model = createModel();
  const placeOf = new Map(log.map(({ id }, place) => [id, place]));
  const place = ({ writes }: { readonly writes: StreamWrite[] }): number | undefined =>
    placeOf.get(writes[0]?.events[0]?.id ?? '');
  const written = sent.filter((each) => place(each) !== undefined);
  for (const each of written.toSorted((a, b) => (place(a) ?? 0) - (place(b) ?? 0))) {
    const answer = model.append(each.writes);
    expect(answer.appended).toBe(true);
    for (const result of each.results.filter(({ appended }) => appended)) {
      expect(withoutPosition(result)).toEqual(answer);
    }
  }
  expect(plain(log)).toEqual(model.log);
  for (const each of sent) {
    if (place(each) === undefined) expect(each.results.filter(({ appended }) => appended)).toEqual([]);
    for (const result of each.results) proveConflicts(model, each.writes, result);
  }
  return model;
};

/** Each conflict names a stream of the append, as it expected it and as it was at some time. */
const proveConflicts = (model: Model, writes: readonly StreamWrite[], result: AppendResult): void => {
  if (result.appended) return;
  expect(result.conflicts.length).toBeGreaterThan(0);
  for (const { stream, expected, actual } of result.conflicts) {
    expect(actual).not.toBe(expected);
    expect(writes.map((write) => [write.stream, write.expected])).toContainEqual([stream, expected]);
    const ends = ['no_stream', ...model.stream(stream).map(({ revision }) => revision)];
    expect(ends).toContain(actual);
  }
};

/** Reads the log over and over: what was there once stays, and what comes comes behind it. */
const readOn = async (store: EventStore, isDone: () => boolean): Promise<void> => {
  let before: StoredEvent[] = [];
  do {
    const now = await readWholeLog(store, 7);
    expect(now.slice(0, before.length)).toEqual(before);
    before = now;
    await nextTurn();
  } while (!isDone());
};

type Wanted = { readonly connection: number; readonly twice: boolean; readonly aims: readonly Aim[] };

const runBurst = async (stores: readonly EventStore[], wanted: readonly Wanted[]): Promise<void> => {
  const storeOf = (place: number): EventStore => stores[place % stores.length] as EventStore;
  // Aimed at 0 to 4 events: so they meet, build on each other, or miss.
  const near = ({ stream, off, events }: Aim): Aim => ({
    stream,
    off: Math.abs(off),
    events: 1 + (events % 2),
  });
  const followers = stores.map((store) => collect(store, { pageEvents: 5 }));
  let done = false;
  const reading = readOn(storeOf(1), () => done);
  const sent = await Promise.all(
    wanted.map(async ({ connection, twice, aims }): Promise<Sent> => {
      const writes = toWrites(() => 0, aims.map(near));
      const by = twice ? [storeOf(connection), storeOf(connection + 1)] : [storeOf(connection)];
      return { writes, by, results: await Promise.all(by.map((store) => store.append(writes))) };
    }),
  );
  done = true;
  await reading;
  const log = await readWholeLog(storeOf(0));
  proveSomeOrder(log, sent);
  for (const { events, follower } of followers) {
    await vi.waitFor(() => expect(events.length).toBeGreaterThanOrEqual(log.length), bounded);
    await follower.stop();
    expect(events).toEqual(log);
  }
};

/**
 * Appends sent all at once, by several connections, some through two of them, while others read and follow:
 * their outcomes are those of some order, which is the log's.
 */
export const proveBursts = (
  factory: () => Promise<FreshLog>,
  capabilities: Capabilities,
  { runs }: Effort,
): Promise<void> =>
  proveOfMany(
    fc.array(
      fc.record({ connection: fc.nat(2), twice: fc.boolean(), aims: aimsAt(streamNames, capabilities) }),
      { minLength: 2, maxLength: 40, size: 'max' },
    ),
    runs / 2,
    async (wanted) => {
      const log = await factory();
      const stores: EventStore[] = [];
      for (let count = capabilities.processes ? 3 : 1; count > 0; count -= 1) stores.push(await log.open());
      try {
        await runBurst(stores, wanted);
      } finally {
        await Promise.all(stores.map((store) => store.close()));
      }
    },
  );
