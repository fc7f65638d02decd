import { maxNamedDifferences, streams } from '@carat/domain';
import { type EventStore, readWholeStream } from '@carat/event-store';
import type { ListedPayout, PayoutProvider, PayoutState } from '@carat/payout-providers';
import { createLogger, createMetrics } from '@carat/service-kit';
import { expect, it } from 'vitest';
import { appendDecided } from '../append.ts';
import { openBooks } from '../books.ts';
import { createPayoutsMetrics } from '../metrics.ts';
import { createOutcomes } from '../paying/outcomes.ts';
import { createMemoryStore } from '../testing/memory-store.ts';
import { createReconciling, describeDifferences, openReconciliations } from './reconciling.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const midnight = Date.parse('2026-11-03T00:00:00Z');
const startedAt = midnight - day / 2;
const log = createLogger({ service: 'payouts', level: 'silent' });
const metrics = createPayoutsMetrics(createMetrics('payouts'));

const paid = { outcome: 'paid', reference: 'ref-1' } as const;
const listed: ListedPayout = {
  ...{ key: 'ann/r1', reference: 'ref-1', referenceFrom: 'pay', recipient: 'account-1', amountMinor: '60' },
  ...{ currency: 'USD', state: paid, madeAt: startedAt + 1 },
};

/** A provider that says that the payout of the log is paid, to whoever asks, and lists what it is given. */
const providerOf = (
  looked: PayoutState | undefined,
  inList: readonly ListedPayout[] = [listed],
): PayoutProvider => ({
  ...{ name: 'sandbox', memoryMs: day, listDelayMs: 0 },
  list: async ({ from, to }) => {
    const payouts = inList.filter(({ madeAt }) => madeAt >= from && madeAt < to);
    return { payouts, next: undefined, completeTo: to };
  },
  look: async () => looked,
  pay: () => Promise.reject(new Error('nobody may pay here')),
  readWebhook: async () => [],
  check: async () => {},
  close: async () => {},
});

/** A payout that the log knows to be sent. */
const begin = async (): Promise<EventStore> => {
  const store = createMemoryStore();
  const of = { creator: 'ann', redemption: 'r1', at: startedAt };
  const rate = { numerator: 1, denominator: 1 };
  const charges = { feeMinor: 0, feePerMille: 0, withholdingPerMille: 0, denominator: '1' };
  const lines = { gross: '60', fee: '0', withheld: '0', net: '60', remainder: '0' };
  const quote = { diamonds: 60, currency: 'USD', rate, ...charges, ...lines };
  const method = { provider: 'sandbox', reference: 'account-1' };
  await appendDecided(store, streams.earnings('ann'), 'no_stream', [
    { type: 'RedemptionRequested', data: { ...of, key: 'k', quote, method, by: 'ann' } },
    { type: 'PayoutStarted', data: { ...of, key: 'ann/r1', provider: 'sandbox' } },
    { type: 'PayoutSent', data: { ...of, reference: 'ref-1' } },
  ]);
  return store;
};

const reconcileAt = async (store: EventStore, now: number, provider = providerOf(paid)) => {
  const clock = { now: () => now };
  const reconciliations = openReconciliations(store);
  const keepFault = async (): Promise<void> => {};
  const outcomes = createOutcomes({ books: openBooks({ store, metrics }), clock, log, metrics, keepFault });
  await createReconciling({
    ...{ store, reconciliations, providers: new Map([[provider.name, provider]]), outcomes },
    ...{ clock, clockFault: () => undefined, graceMs: 10 * minute, log, metrics },
  })();
  return describeDifferences(reconciliations);
};
/** The days' comparisons after the first, each some minutes after midnight. */
const reconcileDays = async (store: EventStore, from: number, to: number, provider = providerOf(paid)) => {
  let found: string | undefined;
  for (let n = from; n <= to; n++) {
    found = await reconcileAt(store, midnight + n * day + 11 * minute, provider);
  }
  return found;
};
const reconciled = (store: EventStore) => readWholeStream(store, streams.reconciliation, 100);

it('books what the provider lists and nobody told, before it says whether the two differ', async () => {
  const store = await begin();
  expect(await reconcileAt(store, midnight + 11 * minute)).toBeUndefined();
  expect((await reconciled(store)).map(({ data }) => data)).toMatchObject([
    { provider: 'sandbox', from: midnight - 45 * day, to: midnight, payouts: 1, differences: [], unnamed: 0 },
  ]);
  const last = (await readWholeStream(store, streams.earnings('ann'), 100)).at(-1);
  expect(last).toMatchObject({ type: 'PayoutPaid', data: { reference: 'ref-1' } });
});

it('names what differs and cannot be booked', async () => {
  const store = await begin();
  expect(await reconcileAt(store, midnight + 11 * minute, providerOf(undefined))).toBe(
    'sandbox and the log differ in 1 payouts, such as: ann/r1: sent in the log, paid at sandbox.',
  );
});

it('compares once a day, some minutes after midnight, whoever else does', async () => {
  const store = await begin();
  await reconcileAt(store, midnight + 9 * minute);
  expect(await reconciled(store)).toHaveLength(0);
  await Promise.all([1, 2, 3].map(() => reconcileAt(store, midnight + 11 * minute)));
  await reconcileAt(store, midnight + 12 * 60 * minute);
  expect(await reconciled(store)).toHaveLength(1);
  await reconcileAt(store, midnight + day + 11 * minute);
  expect(await reconciled(store)).toHaveLength(2);
});

it('leaves no time out that it was away for', async () => {
  const store = await begin();
  await reconcileDays(store, 0, 0);
  const byHand = { ...listed, key: undefined, reference: 'by-hand', madeAt: midnight + day };
  expect(await reconcileDays(store, 10, 10, providerOf(paid, [listed, byHand]))).toMatch(/lists by-hand/);
  const stretches = (await reconciled(store)).map(({ data }) => data);
  expect(stretches[1]).toMatchObject({ to: midnight + 10 * day });
  expect(stretches[1]?.from).toBeLessThanOrEqual(midnight);
});

it('looks far back once a week, and each day for as long as something differs', async () => {
  const store = await begin();
  await reconcileDays(store, 0, 8);
  const lengths = async () =>
    (await reconciled(store)).map(({ data }) => (Number(data.to) - Number(data.from)) / day);
  expect(await lengths()).toEqual([45, 7, 7, 7, 7, 7, 7, 45, 7]);
  const cameBack = providerOf({ outcome: 'returned', reference: 'ref-1', reason: 'closed' }, [
    { ...listed, state: { outcome: 'returned', reference: 'ref-1', reason: 'closed' } },
  ]);
  await reconcileDays(store, 9, 14, cameBack);
  const last = (await readWholeStream(store, streams.earnings('ann'), 100)).at(-1);
  expect(last?.type).toBe('PayoutReturned');

  const twice = providerOf(paid, [listed, { ...listed, reference: 'ref-2', madeAt: startedAt + 2 }]);
  expect(await reconcileDays(store, 21, 24, twice)).toMatch(/differ in/);
  expect((await lengths()).slice(-4)).toEqual([45, 45, 45, 45]);
});

it('keeps what was told and contradicts the log through comparisons, or counts it', async () => {
  const store = await begin();
  await reconcileDays(store, 0, 0);
  const { keepFault, read } = openReconciliations(store);
  const told = Array.from({ length: maxNamedDifferences + 2 }, (_, n) => `ann/x${n}: told.`);
  for (const text of [...told, told[0]!]) await keepFault('sandbox', text, midnight + 60 * minute);
  expect(await reconcileDays(store, 1, 44)).toMatch(/differ in 52 payouts, such as: ann\/x0: told\.$/);
  expect((await reconciled(store)).at(-1)?.data).toMatchObject({ unnamed: 2 });
  expect((await read()).state.get('sandbox')?.told).toHaveLength(52);
  expect((await reconciled(store)).at(-1)?.data).toMatchObject({ from: midnight + 37 * day });
  expect(await reconcileDays(store, 45, 46)).toBeUndefined();
});
