import { streams } from '@carat/domain';
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

/** A provider that says that the payout of the log is paid, to whoever asks. */
const providerOf = (looked: PayoutState | undefined): PayoutProvider => ({
  ...{ name: 'sandbox', memoryMs: day, listDelayMs: 0 },
  list: async ({ to }) => ({ payouts: [listed], next: undefined, completeTo: to }),
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
const reconciled = (store: EventStore) => readWholeStream(store, streams.reconciliation, 100);

it('books what the provider lists and nobody told, before it says whether the two differ', async () => {
  const store = await begin();
  expect(await reconcileAt(store, midnight + 11 * minute)).toBeUndefined();
  expect((await reconciled(store)).map(({ data }) => data)).toMatchObject([
    { provider: 'sandbox', from: midnight - 7 * day, to: midnight, payouts: 1, differences: [], unnamed: 0 },
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
