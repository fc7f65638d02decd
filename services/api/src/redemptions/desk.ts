import {
  type AskQuote,
  type Decision,
  type Earnings,
  type EarningsEvent,
  findByKey,
  foldEarnings,
  offerRedemption,
  type Redemption,
  type RedemptionPolicy,
  type RedemptionTerms,
  type RequestRedemption,
  requestRedemption,
  type Settlement,
  type Standing,
  streams,
} from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { earningsFold, type Folded, foldStream, moneyRatesFold, settlementFold } from '@carat/history';
import { type Refusal, refuse } from '@carat/protocol';
import { type Changing, changeStream } from '../change-stream.ts';
import { readStanding } from './standing-desk.ts';

type Dependencies = Changing & { readonly policy: RedemptionPolicy };

/** What a creator may do now: its earnings as they stand, and all that a decision on them looks up. */
export type Standpoint = Folded<Earnings> & { readonly terms: RedemptionTerms };

/** What a creator earned and redeemed. @throws EventStoreError */
export const readEarnings = (store: EventStore, creator: string): Promise<Folded<Earnings>> =>
  foldStream(store, earningsFold(creator)).read();

type Asked = { readonly known: Redemption; readonly isNew: boolean };

export type RedemptionDesk = ReturnType<typeof createRedemptionDesk>;

/**
 * Where redemptions are decided, over a creator's earnings at the exact revision that was read. What else a
 * decision looks up is read right before it.
 */
export const createRedemptionDesk = (dependencies: Dependencies) => {
  const { store, policy } = dependencies;
  const settlement = foldStream(store, settlementFold);
  const rates = foldStream(store, moneyRatesFold);

  /** @throws EventStoreError */
  const look = async (creator: string): Promise<Standpoint> => {
    const [ofDays, standing, money, earnings] = await Promise.all([
      settlement.read(),
      readStanding(store, creator),
      rates.read(),
      readEarnings(store, creator),
    ]);
    return { ...earnings, terms: { settlement: ofDays.state, standing, rates: money.state, policy } };
  };

  /** Appends what is decided over a creator's earnings, and answers from how they stand after it. */
  const change = <Answer extends object>(
    creator: string,
    decide: (at: Standpoint) => Decision<EarningsEvent>,
    answer: (after: Earnings, isChanged: boolean) => Answer | Refusal,
  ): Promise<Answer | Refusal> =>
    changeStream(dependencies, streams.earnings(creator), {
      read: () => look(creator),
      decide,
      answer: ({ state }, events) => answer(foldEarnings(state, events), events.length > 0),
    });

  return {
    look,
    readSettlement: async (): Promise<Settlement> => (await settlement.read()).state,

    /** What diamonds would come to, or why they cannot be redeemed. @throws EventStoreError */
    quote: async (creator: string, ask: AskQuote) => {
      const { state, terms } = await look(creator);
      const offer = offerRedemption(ask, state, terms);
      return offer.refused ? offer.refusal : offer.quote;
    },

    /**
     * Books a request once per key, for ever; a repetition finds what became of it.
     * @throws EventStoreError
     */
    request: (command: RequestRedemption): Promise<Asked | Refusal> =>
      change(
        command.creator,
        ({ state, terms }) => requestRedemption(command, state, terms),
        (after, isNew) => ({ known: findByKey(after, command.key)!, isNew }),
      ),

    /** Changes one redemption as `decide` says. @throws EventStoreError */
    decide: (
      { creator, redemption }: { readonly creator: string; readonly redemption: string },
      decide: (earnings: Earnings, standing: Standing) => Decision<EarningsEvent>,
    ): Promise<Redemption | Refusal> =>
      change(
        creator,
        ({ state, terms }) => decide(state, terms.standing),
        (after) => after.redemptions.get(redemption) ?? refuse('redemption_unknown'),
      ),
  };
};
