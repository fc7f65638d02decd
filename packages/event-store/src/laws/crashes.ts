import fc from 'fast-check';
import { expect, vi } from 'vitest';
import {
  type AppendResult,
  type EventStore,
  EventStoreError,
  type EventStoreErrorCode,
  type StreamWrite,
} from '../port.ts';
import { type Aim, aimsAt, plain, toWrites, withoutPosition } from './aims.ts';
import { proveSomeOrder } from './bursts.ts';
import {
  append,
  type Capabilities,
  type Crashing,
  type Effort,
  type FreshLog,
  newEvents,
  readWholeLog,
  write,
} from './fixtures.ts';
import { type Collected, collect } from './following.ts';
import type { Model } from './model.ts';
import { proveOfMany } from './properties.ts';

const bounded = { timeout: 30_000, interval: 1 };
const sharedStreams = ['shared-1', 'shared-2'] as const;

/** What a writer does next: it appends anew, or sends again what was appended before all this. */
type Deed = { readonly aims: readonly Aim[] } | { readonly again: number };

/** What each of some writers does, one after the other. */
type Plan = readonly (readonly Deed[])[];

type Outcome = {
  readonly writes: StreamWrite[];
  readonly results: readonly AppendResult[];
  readonly failed?: EventStoreErrorCode;
};

/** What is in the log before anybody crashes. */
const appendHistory = async (log: FreshLog): Promise<Outcome[]> => {
  const store = await log.open();
  try {
    const outcomes: Outcome[] = [];
    for (const revision of [-1, 1, 3]) {
      const expected = revision < 0 ? 'no_stream' : revision;
      const writes = sharedStreams.map((stream) => write(stream, expected, newEvents(2)));
      outcomes.push({ writes, results: [await store.append(writes)] });
    }
    return outcomes;
  } finally {
    await store.close();
  }
};

const historyLength = 6;

/** Does one deed after the other until one has no answer. */
const runWriter = async (
  store: EventStore,
  deeds: readonly Deed[],
  history: readonly Outcome[],
): Promise<Outcome[]> => {
  const lengths = new Map<string, number>(sharedStreams.map((stream) => [stream, historyLength]));
  const outcomes: Outcome[] = [];
  for (const deed of deeds) {
    const writes =
      'aims' in deed
        ? toWrites((stream) => lengths.get(stream) ?? 0, deed.aims)
        : (history[deed.again % history.length]?.writes ?? []);
    try {
      const result = await store.append(writes);
      outcomes.push({ writes, results: [result] });
      if ('aims' in deed) note(lengths, writes, result);
    } catch (error) {
      if (!(error instanceof EventStoreError)) throw error;
      outcomes.push({ writes, results: [], failed: error.code });
      break;
    }
  }
  return outcomes;
};

const note = (lengths: Map<string, number>, writes: readonly StreamWrite[], result: AppendResult): void => {
  if (result.appended) {
    for (const [place, { stream }] of writes.entries()) {
      lengths.set(stream, (result.revisions[place] ?? -1) + 1);
    }
  } else {
    for (const { stream, actual } of result.conflicts) {
      lengths.set(stream, actual === 'no_stream' ? 0 : actual + 1);
    }
  }
};

/** Runs a plan on a connection that crashes meanwhile. */
const runToCrash = async (
  { store, crash }: Crashing,
  plan: Plan,
  history: readonly Outcome[],
): Promise<{ outcomes: Outcome[]; followed: Collected; happened: boolean }> => {
  const followed = collect(store, { pageEvents: 4 });
  try {
    const outcomes = (await Promise.all(plan.map((deeds) => runWriter(store, deeds, history)))).flat();
    const happened = await crash();
    return { outcomes, followed, happened };
  } finally {
    await followed.follower.stop();
    await store.close();
  }
};

/** Whoever got no answer knows at least what that means. */
const proveFailures = (outcomes: readonly Outcome[], model: Model): void => {
  const ids = new Set(model.log.map(({ id }) => id));
  for (const { writes, failed } of outcomes) {
    if (failed === undefined) continue;
    expect(['unavailable', 'outcome_unknown']).toContain(failed);
    const isWritten = writes.some(({ events }) => events.some(({ id }) => ids.has(id)));
    if (failed === 'unavailable') expect(isWritten).toBe(false);
  }
};

/**
 * What was answered before the crash is there, the rest whole or not at all; what a follower saw stays; and
 * when all is sent again, the log is as if nothing had happened.
 * @returns whether the crash came after the steps asked for, rather than when all was done
 */
const proveCrash = async (log: FreshLog, plan: Plan, steps: number): Promise<boolean> => {
  const history = await appendHistory(log);
  const crashing = await log.openCrashing?.(steps);
  if (crashing === undefined) throw new Error('A log that can be crashed has openCrashing.');
  const { outcomes, followed, happened } = await runToCrash(crashing, plan, history);
  const store = await log.open();
  try {
    const left = await readWholeLog(store);
    expect(left.slice(0, followed.events.length)).toEqual(followed.events);
    const model = proveSomeOrder(left, [...history, ...outcomes]);
    const anew = outcomes.filter(({ writes }) => history.every((each) => each.writes !== writes));
    proveFailures(anew, model);
    for (const { writes } of [...history, ...outcomes]) {
      expect(withoutPosition(await store.append(writes))).toEqual(model.append(writes));
    }
    const whole = await readWholeLog(store);
    expect(plain(whole)).toEqual(model.log);
    expect(whole.slice(0, left.length)).toEqual(left);
    const rest = collect(store, { after: followed.follower.position });
    await vi.waitFor(
      () => expect(followed.events.length + rest.events.length).toBeGreaterThanOrEqual(whole.length),
      bounded,
    );
    await rest.follower.stop();
    expect([...followed.events, ...rest.events]).toEqual(whole);
    return happened;
  } finally {
    await store.close();
  }
};

const aim = (stream: string, events: number, off = 0): Aim => ({ stream, events, off });

/** One append alone, then some at once: to one stream, to several, repeated, and in conflict. */
const everyKind: Plan = [
  [{ aims: [aim('own-1', 1)] }, { aims: [aim('own-1', 2), aim('shared-1', 1)] }],
  [{ again: 1 }, { aims: [aim('shared-2', 2)] }],
  [{ aims: [aim('shared-1', 1, -2)] }, { aims: [aim('own-3', 1), aim('shared-1', 1)] }],
];

const maxSteps = 5_000;
const minSteps = 4;

/** Crashes after 0, 1, 2 … steps of the same appends, until they have no more. */
export const proveEveryCrash = async (factory: () => Promise<FreshLog>): Promise<void> => {
  let steps = 0;
  while (await proveCrash(await factory(), everyKind, steps)) {
    steps += 1;
    expect(steps).toBeLessThan(maxSteps);
  }
  expect(steps).toBeGreaterThanOrEqual(minSteps);
};

/** Whatever is going on, and whenever it crashes. */
export const proveCrashes = (
  factory: () => Promise<FreshLog>,
  capabilities: Capabilities,
  { runs }: Effort,
): Promise<void> => {
  const deedOf = (writer: number): fc.Arbitrary<Deed> =>
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ aims: aimsAt([`own-${writer}`, ...sharedStreams], capabilities) }),
      },
      { weight: 1, arbitrary: fc.record({ again: fc.nat(2) }) },
    );
  const deedsOf = (writer: number) => fc.array(deedOf(writer), { minLength: 1, maxLength: 6, size: 'max' });
  const plan = fc.tuple(deedsOf(0), deedsOf(1), deedsOf(2), deedsOf(3));
  return proveOfMany(fc.tuple(plan, fc.nat(600)), runs / 2, async ([deeds, steps]) => {
    await proveCrash(await factory(), deeds, steps);
  });
};

/** A crash as soon as all is answered: nothing is closed, nothing is lost. */
export const proveCrashAtRest = async (factory: () => Promise<FreshLog>): Promise<void> => {
  const log = await factory();
  const crashing = await log.openCrashing?.(Number.MAX_SAFE_INTEGER);
  if (crashing === undefined) throw new Error('A log that can be crashed has openCrashing.');
  for (let revision = 0; revision < 5; revision += 1) {
    await append(crashing.store, 'a-1', revision === 0 ? 'no_stream' : revision - 1, newEvents(1));
  }
  const before = await readWholeLog(crashing.store);
  expect(await crashing.crash()).toBe(false);
  await crashing.store.close();
  const store = await log.open();
  expect(await readWholeLog(store)).toEqual(before);
  await store.close();
};
