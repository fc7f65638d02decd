import { streams } from '@carat/domain';
import { type EventStore, readWholeStream } from '@carat/event-store';
import { createLogger, createMetrics } from '@carat/service-kit';
import { describe, expect, it } from 'vitest';
import { appendDecided } from '../append.ts';
import { createPayoutsMetrics } from '../metrics.ts';
import { createMemoryStore } from '../testing/memory-store.ts';
import { proveConservation } from '../testing/proof.ts';
import { giftOf, raiseCreators } from '../testing/redeeming.ts';
import { createSettlement } from './settlement.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const midnight = Date.parse('2026-11-03T00:00:00Z');
const log = createLogger({ service: 'payouts', level: 'silent' });
const metrics = createPayoutsMetrics(createMetrics('payouts'));
const signal = new AbortController().signal;

const settleAt = (store: EventStore, now: number, fault?: string): Promise<void> =>
  createSettlement({
    ...{ store, clock: { now: () => now }, clockFault: async () => fault, holdDays: 7, graceMs: 10 * minute },
    ...{ log, metrics },
  })(signal);
const told = async (store: EventStore): Promise<string[]> =>
  (await readWholeStream(store, streams.settlement, 100)).map(({ type, data }) => `${type} ${data.day}`);

const begin = async (): Promise<EventStore> => {
  const store = createMemoryStore();
  await raiseCreators(store, ['ann', 'bea'], { diamonds: 5, now: midnight - day });
  return store;
};

describe('closing and settling days', () => {
  it('waits until some minutes after midnight, and for a clock that is not known to be wrong', async () => {
    const store = await begin();
    await settleAt(store, midnight + 9 * minute);
    await settleAt(store, midnight + 11 * minute, 'the clock is 90 s ahead of that of others');
    expect(await told(store)).toEqual([]);
    await settleAt(store, midnight + 11 * minute);
    await settleAt(store, midnight + 12 * minute);
    expect(await told(store)).toEqual(['DayClosed 2026-11-02', 'DaySettled 2026-11-02']);
  });

  it('closes days that were missed by one closing, and settles a day in which nobody earned', async () => {
    const store = await begin();
    await settleAt(store, midnight + 11 * minute);
    await settleAt(store, midnight + 5 * day + 11 * minute);
    expect((await told(store)).slice(2)).toEqual(['DayClosed 2026-11-07', 'DaySettled 2026-11-07']);
    const last = (await readWholeStream(store, streams.settlement, 100)).at(-1);
    expect(last?.data).toMatchObject({ creators: 0, gifts: 0, coins: '0', millidiamonds: '0' });
  });

  it('gives a straggler to the day whose closing comes after it, and says the sums', async () => {
    const store = await begin();
    await settleAt(store, midnight + 11 * minute);
    const late = giftOf('ann', 7, midnight - 1);
    await appendDecided(store, streams.wallet('fan-of-ann'), 0, [late]);
    await settleAt(store, midnight + day + 11 * minute);
    const days = await readWholeStream(store, streams.earnings('ann'), 100);
    expect(days.map(({ data }) => [data.day, data.millidiamonds])).toEqual([
      ['2026-11-02', '5000'],
      ['2026-11-03', '7000'],
    ]);
    const last = (await readWholeStream(store, streams.settlement, 100)).at(-1);
    expect(last?.data).toMatchObject({ creators: 1, gifts: 1, coins: '7', millidiamonds: '7000' });
    await proveConservation(store);
  });

  it('is done once by several at the same time', async () => {
    const store = await begin();
    await Promise.all([1, 2, 3].map(() => settleAt(store, midnight + 11 * minute)));
    expect(await told(store)).toEqual(['DayClosed 2026-11-02', 'DaySettled 2026-11-02']);
    expect(await readWholeStream(store, streams.earnings('ann'), 100)).toHaveLength(1);
    await proveConservation(store);
  });
});
