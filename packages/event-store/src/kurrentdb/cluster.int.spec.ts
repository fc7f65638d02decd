import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { append, newEvents, readWholeLog, stored } from '../laws/fixtures.ts';
import type { EventStore } from '../port.ts';
import { openKurrentStore } from './store.ts';
import { type Cluster, startCluster } from './testing/double/cluster.ts';
import type { Double } from './testing/double/double.ts';

const patience = { timeout: 30_000, interval: 20 };

let cluster: Cluster;
let store: EventStore;

beforeEach(async () => {
  cluster = await startCluster(2);
  const limits = { sendMs: 1_000, maxDeliveryMs: 2_000, maxUnreachableMs: 500, maxClientAgeMs: 200 };
  store = await openKurrentStore(cluster.url, { limits });
});
afterEach(async () => {
  await store.close();
  await cluster.stop();
});

/** Appends and reads go well again, and nothing is lost or doubled. */
const proveRecovery = async (): Promise<void> => {
  const [first, second] = [newEvents(2), newEvents(1)];
  await append(store, 'a-1', 'no_stream', first);
  const listener = vi.fn();
  store.onMore(listener);
  await vi.waitFor(() => expect(listener).toHaveBeenCalled(), patience);
  await fail();
  await vi.waitFor(() => append(store, 'a-1', 1, second), patience);
  await vi.waitFor(async () => {
    expect(await readWholeLog(store)).toEqual(stored('a-1', 0, [...first, ...second]));
  }, patience);
  expect(await store.readStream('a-1', { limit: 5 })).toMatchObject({ exists: true, last: 2 });
  listener.mockClear();
  await append(store, 'a-1', 2, newEvents(1));
  await vi.waitFor(() => expect(listener).toHaveBeenCalled(), patience);
};
let fail: () => Promise<void>;

it('goes on with the new leader when the old one dies', async () => {
  fail = async () => {
    const [old, other] = cluster.nodes;
    if (other) cluster.elect(other);
    await old?.kill();
  };
  await proveRecovery();
});

it('goes on with the new leader, and asks the old one for nothing that lives on as a follower', async () => {
  const [old, other] = cluster.nodes as [Double, Double];
  let asked = 0;
  fail = async () => {
    cluster.elect(other);
    asked = old.faults.reads.calls;
  };
  await proveRecovery();
  expect(old.faults.reads.calls).toBe(asked);
  expect(other.faults.reads.calls).toBeGreaterThan(0);
});

it('goes on when no leader could be found for a while', async () => {
  fail = async () => {
    const [old, other] = cluster.nodes;
    await old?.kill();
    await other?.kill();
    await store.append([{ stream: 'b-1', expected: 0, events: newEvents(1) }]).catch(() => {});
    await store.head().catch(() => {});
    await old?.restart();
    await other?.restart();
  };
  await proveRecovery();
});
