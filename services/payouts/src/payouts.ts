import { setTimeout as wait } from 'node:timers/promises';
import type { EventStore } from '@carat/event-store';
import { followOpenRedemptions } from '@carat/history';
import type { PayoutProvider } from '@carat/payout-providers';
import type { Clock, CloseStep, Health, Logger } from '@carat/service-kit';
import { openBooks } from './books.ts';
import type { Connections } from './connections.ts';
import type { PayoutsMetrics } from './metrics.ts';
import { createCalls } from './paying/calls.ts';
import { createJobs } from './paying/jobs.ts';
import { createOutcomes } from './paying/outcomes.ts';
import { createSteps } from './paying/steps.ts';
import { startWatchdog } from './paying/watchdog.ts';
import { describeDifferences, openReconciliations, startReconciling } from './reconciling/reconciling.ts';
import { startSettlement } from './settlement/settlement.ts';

type Dependencies = {
  readonly store: EventStore;
  readonly connections: Connections;
  readonly providers: ReadonlyMap<string, PayoutProvider>;
  readonly clock: Clock;
  readonly clockFault: () => string | undefined;
  /** The same, looked at anew. */
  readonly lookAtClock: () => Promise<string | undefined>;
  readonly holdDays: number;
  readonly graceMs: number;
  readonly health: Health;
  readonly log: Logger;
  readonly metrics: PayoutsMetrics;
};

/** All of the service's work: days, payouts, comparisons. Each goes on where another cannot. */
export const startPayouts = (dependencies: Dependencies) => {
  const { store, connections, providers, clock, clockFault, lookAtClock, health, log, metrics } =
    dependencies;
  const books = openBooks({ store, metrics });
  const reconciliations = openReconciliations(store);
  const booking = { books, clock, log, metrics };
  const outcomes = createOutcomes({
    ...booking,
    keepFault: (provider, text) => reconciliations.keepFault(provider, text, clock.now()),
  });
  // What a comparison cannot book it names itself.
  const listedOutcomes = createOutcomes({ ...booking, keepFault: async () => {} });
  const calls = createCalls(providers, metrics);
  const step = createSteps({ books, calls, outcomes, clock, clockFault, log, wait });

  const settlement = startSettlement({ ...dependencies, clockFault: lookAtClock });
  const open = followOpenRedemptions(store, {
    onError: (error) => log.warn({ err: error }, 'redemptions could not be read on'),
  });
  const jobs = createJobs({ connections, log, step });
  const watchdog = startWatchdog({ open, jobs, log, metrics });
  const reconciling = startReconciling({ ...dependencies, reconciliations, outcomes: listedOutcomes });

  health.add('settlement', settlement.fault);
  health.add('redemptions', open.fault);
  // These are for somebody to look at; meanwhile webhooks are to go on arriving.
  health.warn('payouts', watchdog.fault);
  health.warn('comparison', reconciling.fault);
  health.warn('reconciliation', () => describeDifferences(reconciliations));

  const close: readonly CloseStep[] = [
    ['settlement', settlement.stop],
    ['comparison', reconciling.stop],
    ['watchdog', watchdog.stop],
    ['worker', jobs.closeWorker],
    ['queue', jobs.closeQueue],
    ['redemptions', open.stop],
  ];
  return { outcomes, open, close };
};
