import type { EventStore } from '@carat/event-store';
import type { PayoutProvider } from '@carat/payout-providers';
import { createLogger, createMetrics } from '@carat/service-kit';
import { openBooks } from '../books.ts';
import { createPayoutsMetrics } from '../metrics.ts';
import { createCalls } from '../paying/calls.ts';
import { createOutcomes } from '../paying/outcomes.ts';
import { createSteps } from '../paying/steps.ts';
import { createReconciling, openReconciliations } from '../reconciling/reconciling.ts';
import { createSettlement } from '../settlement/settlement.ts';
import { createMortality, type Mortality, type Turns } from './turns.ts';

const hourMs = 3_600_000;
const metrics = createPayoutsMetrics(createMetrics('payouts'));
const log = createLogger({ service: 'payouts', level: 'silent' });

type Shared = { readonly store: EventStore; readonly clock: { now(): number }; readonly turns: Turns };

/** A store as a process has it: each call waits for its turn, and may be the last. */
const storeOf = (store: EventStore, { call }: Mortality): EventStore => ({
  ...store,
  append: (writes) => call(() => store.append(writes)),
  readStream: (stream, read) => call(() => store.readStream(stream, read)),
  readAll: (read) => call(() => store.readAll(read)),
});

/** A payouts service, but for its timers and its queue. */
export const startProcess = (
  { store, clock, turns }: Shared,
  adapter: (life: Mortality) => PayoutProvider,
) => {
  const life = createMortality(turns);
  const own = storeOf(store, life);
  const provider = adapter(life);
  const providers = new Map([[provider.name, provider]]);
  const books = openBooks({ store: own, metrics });
  const reconciliations = openReconciliations(own);
  const keepFault = (name: string, text: string) => reconciliations.keepFault(name, text, clock.now());
  const outcomes = createOutcomes({ books, clock, log, metrics, keepFault });
  const calls = createCalls(providers, metrics);
  const clockFault = () => undefined;
  const common = { store: own, clock, clockFault, graceMs: hourMs, log, metrics };
  return {
    life,
    store: own,
    books,
    outcomes,
    step: createSteps({
      books,
      calls,
      outcomes,
      clock,
      clockFault,
      log,
      wait: () => life.call(async () => {}),
    }),
    settle: (holdDays: number) => createSettlement({ ...common, holdDays })(new AbortController().signal),
    reconcile: createReconciling({ ...common, reconciliations, providers, outcomes }),
  };
};

export type Process = ReturnType<typeof startProcess>;
