import {
  evolveReconciliations,
  initialReconciliations,
  keepTold,
  type LastReconciliation,
  lastReconciliation,
  longComparisonMs,
  parsePayoutKey,
  payoutsReconciled,
  type Reconciliations,
  reconciliationEventTypes,
  streams,
} from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { type Fold, foldStream, type Reconciled, reconcilePayouts } from '@carat/history';
import type { PayoutProvider } from '@carat/payout-providers';
import type { Clock, Logger } from '@carat/service-kit';
import { appendDecided } from '../append.ts';
import { limits } from '../limits.ts';
import { startLoop } from '../loop.ts';
import type { PayoutsMetrics } from '../metrics.ts';
import type { Outcomes } from '../paying/outcomes.ts';

const dayMs = 86_400_000;

const reconciliationFold: Fold<Reconciliations, (typeof reconciliationEventTypes)[number]> = {
  stream: streams.reconciliation,
  types: reconciliationEventTypes,
  initial: initialReconciliations,
  evolve: (known, events) => events.reduce(evolveReconciliations, known),
};

/** What was found when providers' lists were last compared with the log, and what was told since. */
export const openReconciliations = (store: EventStore) => {
  const stream = foldStream(store, reconciliationFold);
  return {
    read: stream.read,
    /**
     * Keeps what a provider told and the log cannot take, for as long as `keptToldMs` of the domain, whatever
     * comparisons find meanwhile. @throws EventStoreError
     */
    async keepFault(provider: string, text: string, now: number): Promise<void> {
      for (let decisions = 0; decisions < limits.maxDecisions; decisions++) {
        const { state, expected } = await stream.read();
        const events = keepTold(state, { provider, text, now });
        if (events.length === 0) return;
        if (await appendDecided(store, streams.reconciliation, expected, events)) return;
      }
    },
  };
};

export type ReconciliationsOfLog = ReturnType<typeof openReconciliations>;

type Dependencies = {
  readonly store: EventStore;
  readonly reconciliations: ReconciliationsOfLog;
  readonly providers: ReadonlyMap<string, PayoutProvider>;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
  readonly clockFault: () => string | undefined;
  /** How long after midnight a day is compared at the earliest. */
  readonly graceMs: number;
  readonly log: Logger;
  readonly metrics: PayoutsMetrics;
};

/**
 * From where to compare: without a gap after the last comparison; over a long stretch from time to time, and
 * for as long as something differs, which would else be forgotten before anybody looked at it.
 */
export const beginOfComparison = (last: LastReconciliation, to: number): number => {
  const { differences, unnamed, told, longTo } = last;
  const differs = differences.length + unnamed > told.length;
  const isLong = differs || to - longTo >= limits.longReconcileEveryDays * dayMs;
  const lengthMs = isLong ? longComparisonMs : limits.reconcileDays * dayMs;
  return last.to === 0 ? to - lengthMs : Math.min(to - lengthMs, last.to);
};

/**
 * Compares each provider's list with the log once a day, of the days before it. Where the log is only behind
 * what the list says, it is told first: such a thing is no difference.
 */
export const createReconciling = (dependencies: Dependencies) => {
  const { store, reconciliations, providers, outcomes, clock, clockFault, graceMs, log, metrics } =
    dependencies;

  /** @returns whether anything was booked */
  const catchUp = async (provider: PayoutProvider, { differences, logged }: Reconciled): Promise<boolean> => {
    let booked = false;
    for (const { kind, key } of differences.slice(0, limits.catchUpPayouts)) {
      const begun = kind === 'state_differs' && key !== null ? logged.get(key) : undefined;
      const of = begun && parsePayoutKey(begun.key);
      const state = begun && (await provider.look(begun));
      if (of === undefined || state === undefined) continue;
      const became = await outcomes.book({ provider: provider.name, ...of }, state);
      booked ||= became === 'booked';
    }
    return booked;
  };

  const compare = async (
    provider: PayoutProvider,
    time: Pick<Reconciled, 'from' | 'to'>,
  ): Promise<Reconciled> => {
    const first = await reconcilePayouts(store, provider, time);
    return (await catchUp(provider, first)) ? reconcilePayouts(store, provider, time) : first;
  };

  const reconcile = async (provider: PayoutProvider): Promise<void> => {
    const now = clock.now();
    const midnight = now - (now % dayMs);
    const { state } = await reconciliations.read();
    const last = lastReconciliation(state, provider.name);
    if (last.to >= midnight || now < midnight + graceMs || clockFault() !== undefined) return;
    const compared = await compare(provider, { from: beginOfComparison(last, midnight), to: midnight });
    const { state: newest, expected } = await reconciliations.read();
    const { to, told } = lastReconciliation(newest, provider.name);
    if (to >= midnight) return;
    const event = payoutsReconciled(compared, compared, clock.now(), told);
    if (!(await appendDecided(store, streams.reconciliation, expected, [event]))) return;
    const { payouts, pending, differences } = compared;
    const found = { provider: provider.name, payouts, pending, differences: differences.length };
    if (differences.length > 0) log.error(found, 'the provider and the log differ');
    else log.info(found, 'the provider and the log agree');
  };

  const measure = async (): Promise<void> => {
    for (const { provider, to, differences, unnamed } of (await reconciliations.read()).state.values()) {
      metrics.differences.set({ provider }, differences.length + unnamed);
      metrics.reconciledTo.set({ provider }, to / 1_000);
    }
  };

  return async (): Promise<void> => {
    for (const provider of providers.values()) await reconcile(provider);
    await measure();
  };
};

/** What the last comparisons found, in one sentence; undefined where nothing. For `health.add`. */
export const describeDifferences = async ({ read }: ReconciliationsOfLog): Promise<string | undefined> => {
  for (const { provider, differences, unnamed } of (await read()).state.values()) {
    const count = differences.length + unnamed;
    if (count > 0) return `${provider} and the log differ in ${count} payouts, such as: ${differences[0]}`;
  }
  return undefined;
};

export const startReconciling = (dependencies: Dependencies) =>
  startLoop({
    name: 'reconciliation',
    everyMs: limits.reconcileLookMs,
    lateMs: limits.reconcileLateMs,
    run: createReconciling(dependencies),
    log: dependencies.log,
  });
