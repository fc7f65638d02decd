import { bookOutcome, type EarningsEvent, type Outcome, type PayoutFault } from '@carat/domain';
import type { PayoutState } from '@carat/payout-providers';
import type { Clock, Logger } from '@carat/service-kit';
import type { Books } from '../books.ts';
import type { PayoutsMetrics } from '../metrics.ts';

type Of = { readonly provider: string; readonly creator: string; readonly redemption: string };

/** What became of something that a provider told. */
export type Booked = 'booked' | 'known' | PayoutFault;

type Dependencies = {
  readonly books: Books;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: PayoutsMetrics;
  /** Keeps what contradicts the log where an operator finds it: one sentence. */
  readonly keepFault: (provider: string, text: string) => Promise<void>;
};

/**
 * Books what providers tell: told again, late or out of order it changes nothing. What contradicts the log is
 * kept for reconciliation, as nobody can be answered with it.
 */
export const createOutcomes = ({ books, clock, log, metrics, keepFault }: Dependencies) => {
  /** @throws EventStoreError */
  const book = async ({ provider, creator, redemption }: Of, state: PayoutState): Promise<Booked> => {
    const told = (): Outcome => ({ creator, redemption, now: clock.now(), ...state }) as Outcome;
    const decision = await books.decide<EarningsEvent, PayoutFault>(creator, (earnings) => {
      // A key of another provider's payout is not this provider's to tell of.
      const known = earnings.redemptions.get(redemption);
      if (known?.payout && known.payout.provider !== provider) return notStarted;
      return bookOutcome(told(), earnings);
    });
    if (!decision.refused) return decision.events.length === 0 ? 'known' : 'booked';
    const { refusal: fault } = decision;
    const by = state.reference === null ? '' : ` (${state.reference})`;
    await contradict({ provider, creator, redemption }, fault, `tells ${state.outcome}${by}, ${said[fault]}`);
    return fault;
  };

  /** Keeps what a provider tells against the log where an operator finds it. @throws EventStoreError */
  const contradict = async (
    { provider, creator, redemption }: Of,
    fault: PayoutFault,
    told: string,
  ): Promise<void> => {
    metrics.faults.inc({ provider, fault });
    log.error({ provider, creator, redemption, told, fault }, 'a provider contradicts the log');
    await keepFault(provider, `${creator}/${redemption}: ${provider} ${told}.`);
  };
  return { book, contradict };
};

const notStarted = { refused: true, refusal: 'payout_not_started' } as const;

const said: Readonly<Record<PayoutFault, string>> = {
  payout_not_started: 'which the log did not start with it',
  payout_contradicts_log: 'which contradicts the log',
  payout_may_still_be_made: 'which may still be made',
};

export type Outcomes = ReturnType<typeof createOutcomes>;
