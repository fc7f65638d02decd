import { randomUUID } from 'node:crypto';
import { streams } from '@carat/domain';
import { type EventStore, readWholeStream } from '@carat/event-store';
import { createLogger, createMetrics } from '@carat/service-kit';
import { expect, it } from 'vitest';
import { createPayoutsMetrics } from '../../../payouts/src/metrics.ts';
import { createSettlement } from '../../../payouts/src/settlement/settlement.ts';
import { createMemoryStore } from '../../../payouts/src/testing/memory-store.ts';
import { giftOf } from '../../../payouts/src/testing/redeeming.ts';
import { findDayWithout } from './settled.ts';

const dayMs = 86_400_000;
const at = Date.parse('2026-11-02T12:00:00Z');
const { signal } = new AbortController();

const settle = (store: EventStore): Promise<void> =>
  createSettlement({
    ...{ store, clock: { now: () => at + dayMs }, clockFault: () => undefined, holdDays: 0, graceMs: 0 },
    log: createLogger({ service: 'payouts', level: 'silent' }),
    metrics: createPayoutsMetrics(createMetrics('payouts')),
  })(signal);

/** A log with two gifts, both left out of creators; only the second can be read. */
const begin = async () => {
  const store = createMemoryStore();
  const good = { ...giftOf('ann', 5, at), id: randomUUID() };
  // The memory store hands out what it was given: what changes here is what a newer version can read.
  const data: Record<string, unknown> = { ...giftOf('ann', 7, at).data, coins: 'seven' };
  const odd = { id: randomUUID(), type: 'GiftSent', data: data as never };
  const skips = [odd, good].map(({ id }) => ({
    ...{ id: randomUUID(), type: 'EventSkipped' },
    data: { event: id, unit: 'creators', by: 'olga', reason: 'odd' },
  }));
  await store.append([{ stream: streams.wallet('fan'), expected: 'no_stream', events: [odd, good] }]);
  await store.append([{ stream: streams.log, expected: 'no_stream', events: skips }]);
  const dayWithout = async (id: string) => {
    const stored = await readWholeStream(store, streams.wallet('fan'), 10);
    return findDayWithout(store, stored.find((each) => each.id === id)!, signal);
  };
  return { store, odd, good, data, dayWithout };
};

it('knows of no day before it is closed', async () => {
  const { odd, good, dayWithout } = await begin();
  expect([await dayWithout(odd.id), await dayWithout(good.id)]).toEqual([undefined, undefined]);
});

it('names the closed day that a gift was left out of, also once it can be read', async () => {
  const { store, odd, good, data, dayWithout } = await begin();
  await settle(store);
  expect([await dayWithout(odd.id), await dayWithout(good.id)]).toEqual(['2026-11-02', undefined]);
  data.coins = 7;
  expect(await dayWithout(odd.id)).toBe('2026-11-02');
});

it('names a day that is closed and not settled yet', async () => {
  const { store, odd, good, dayWithout } = await begin();
  const closed = { id: randomUUID(), type: 'DayClosed' };
  const data = { day: '2026-11-02', previous: null, holdDays: 0, at };
  await store.append([{ stream: streams.settlement, expected: 'no_stream', events: [{ ...closed, data }] }]);
  expect([await dayWithout(odd.id), await dayWithout(good.id)]).toEqual(['2026-11-02', '2026-11-02']);
});
