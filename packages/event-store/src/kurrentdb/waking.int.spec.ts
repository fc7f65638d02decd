import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { append, newEvents } from '../laws/fixtures.ts';
import type { EventStore } from '../port.ts';
import { openKurrentStore } from './store.ts';
import { type Double, startDouble } from './testing/double/double.ts';
import type { Failure } from './testing/double/faults.ts';

const patience = { timeout: 20_000, interval: 2 };
const quick = {
  confirmMs: 300,
  silenceMs: 300,
  minSubscribePauseMs: 20,
  maxSubscribePauseMs: 100,
  minClientAgeMs: 0,
  maxClientAgeMs: 0,
};

let double: Double;
let store: EventStore;
let revision: number;

beforeEach(async () => {
  double = await startDouble();
  store = await openKurrentStore(double.url, { limits: quick });
  revision = -1;
});
afterEach(async () => {
  await store.close();
  await double.stop();
});

const appendOne = async (): Promise<void> => {
  await append(store, 'a-1', revision < 0 ? 'no_stream' : revision, newEvents(1));
  revision += 1;
};

/** Listens, and waits until the subscription stands and has said so. */
const listen = async () => {
  const listener = vi.fn();
  store.onMore(listener);
  await vi.waitFor(() => expect(listener).toHaveBeenCalled(), patience);
  return listener;
};

it('subscribes only once somebody listens', async () => {
  await appendOne();
  expect(double.faults.subscriptions.calls).toBe(0);
  await listen();
  expect(double.faults.subscriptions.calls).toBe(1);
});

it.each<Failure>(['refuse', 'cut', 'end', 'busy', 'not_leader', 'access_denied'])(
  'subscribes again where the subscription ends with "%s", before or after it began',
  async (failure) => {
    for (const afterMessages of [0, 1, 2]) {
      double.faults.subscriptions.next({ failure, afterMessages });
    }
    const listener = await listen();
    for (let round = 0; round < 5; round += 1) {
      listener.mockClear();
      await appendOne();
      await vi.waitFor(() => expect(listener).toHaveBeenCalled(), patience);
    }
    await vi.waitFor(() => expect(double.faults.subscriptions.calls).toBeGreaterThan(3), patience);
  },
);

it('looks at the head of the log while no subscription can be had', async () => {
  double.faults.subscriptions.always({ failure: 'refuse' });
  const listener = vi.fn();
  store.onMore(listener);
  for (let round = 0; round < 3; round += 1) {
    await appendOne();
    listener.mockClear();
    await appendOne();
    await vi.waitFor(() => expect(listener).toHaveBeenCalled(), patience);
  }
});

it('notices a subscription that has gone silent, or was never confirmed', async () => {
  double.faults.subscriptions.next({ failure: 'silence' });
  double.faults.subscriptions.next({ failure: 'silence', afterMessages: 1 });
  const listener = await listen();
  await vi.waitFor(() => expect(double.faults.subscriptions.calls).toBe(2), patience);
  await appendOne();
  await vi.waitFor(() => expect(double.faults.subscriptions.calls).toBe(3), patience);
  await vi.waitFor(() => expect(listener.mock.calls.length).toBeGreaterThan(1), patience);
});

it('hears of appends again after the server was killed and started again', async () => {
  const listener = await listen();
  await double.restart();
  await vi.waitFor(async () => {
    await appendOne();
    listener.mockClear();
    await appendOne();
    await vi.waitFor(() => expect(listener).toHaveBeenCalled(), { timeout: 1_000, interval: 2 });
  }, patience);
});

it('does not hear every event of a busy log, and does not miss the last', async () => {
  const listener = await listen();
  const others = await openKurrentStore(double.url);
  const writes = Array.from({ length: 2_000 }, (_, place) => place);
  for (let at = 0; at < writes.length; at += 500) {
    await Promise.all(
      writes.slice(at, at + 500).map((place) => append(others, `b-${place}`, 'no_stream', newEvents(1))),
    );
  }
  await others.close();
  listener.mockClear();
  await appendOne();
  await vi.waitFor(() => expect(listener).toHaveBeenCalled(), patience);
  expect(double.faults.subscriptions.calls).toBeGreaterThan(1);
});

it('is at rest while nothing happens', async () => {
  await listen();
  await appendOne();
  const reads = double.faults.reads.calls;
  await vi.waitFor(() => expect(double.faults.reads.calls).toBeGreaterThan(reads + 2), patience);
  expect(double.faults.subscriptions.calls).toBe(1);
});

it('closes while it waits for a server that is away', async () => {
  await listen();
  await double.stop();
  const closing = store.close();
  await closing;
});
