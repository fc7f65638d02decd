import { earningsFold, foldStream } from '@carat/history';
import type { PayoutProvider, PayoutState } from '@carat/payout-providers';
import { createLogger, createMetrics } from '@carat/service-kit';
import { openBooks } from '../books.ts';
import { createPayoutsMetrics } from '../metrics.ts';
import { createCalls } from '../paying/calls.ts';
import { createOutcomes } from '../paying/outcomes.ts';
import { createSteps } from '../paying/steps.ts';
import { createSettlement } from '../settlement/settlement.ts';
import { createMemoryStore } from './memory-store.ts';
import { raiseCreators, requestAll } from './redeeming.ts';

const twoDaysMs = 2 * 86_400_000;
const stepsAtOnce = 5;
const creator = 'ann';
const metrics = createPayoutsMetrics(createMetrics('payouts'));
const log = createLogger({ service: 'payouts', level: 'silent' });

/** The part of the service that pays, without timers and queue, for one creator who has 60,000 diamonds. */
export const startLoneService = async (provider: PayoutProvider, clock: { now(): number }) => {
  const store = createMemoryStore();
  const faults: string[] = [];
  const keepFault = async (_: string, text: string): Promise<void> => void faults.push(text);
  const books = openBooks({ store, metrics });
  const outcomes = createOutcomes({ books, clock, log, metrics, keepFault });
  const calls = createCalls(new Map([[provider.name, provider]]), metrics);
  const clockFault = () => undefined;
  const step = createSteps({ books, calls, outcomes, clock, clockFault, log, wait: async () => {} });
  const earned = clock.now() - twoDaysMs;
  await raiseCreators(store, [creator], { diamonds: 60_000, now: earned, provider: provider.name });
  const settle = createSettlement({ store, clock, clockFault, graceMs: 0, holdDays: 0, log, metrics });
  await settle(new AbortController().signal);

  return {
    faults: (): readonly string[] => faults,
    request: (redemption: string) =>
      requestAll(store, creator, [redemption], { diamonds: 10_000, now: clock.now() }),
    redemption: async (redemption: string) =>
      (await foldStream(store, earningsFold(creator)).read()).state.redemptions.get(redemption),
    /** Takes steps until nothing is to be done at once, or one fails. @returns how the last one ended */
    bring: async (redemption: string): Promise<unknown> => {
      for (let taken = 0; taken < stepsAtOnce; taken++) {
        const progress = await step(creator, redemption).catch((error: unknown) => error);
        if (progress !== 'again') return progress;
      }
      return 'again';
    },
    hear: (redemption: string, state: PayoutState) =>
      outcomes.book({ provider: provider.name, creator, redemption }, state),
  };
};
