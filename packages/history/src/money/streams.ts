import {
  type Earnings,
  type Event,
  earningsEventTypes,
  evolveMoneyRates,
  evolveSettlement,
  evolveStanding,
  foldEarnings,
  initialEarnings,
  initialMoneyRates,
  initialSettlement,
  initialStanding,
  type MoneyRates,
  rateEventTypes,
  type Settlement,
  type Standing,
  settlementEventTypes,
  standingEventTypes,
  streams,
} from '@carat/domain';
import type { Fold } from '../folded-stream.ts';

type FoldOf<State, Types extends readonly Event['type'][]> = Fold<State, Types[number]>;

/** Which days are closed, settled and available. */
export const settlementFold: FoldOf<Settlement, typeof settlementEventTypes> = {
  stream: streams.settlement,
  types: settlementEventTypes,
  initial: initialSettlement,
  evolve: (state, events) => events.reduce(evolveSettlement, state),
};

/** What diamonds are and were worth in money. */
export const moneyRatesFold: FoldOf<MoneyRates, typeof rateEventTypes> = {
  stream: streams.rates,
  types: rateEventTypes,
  initial: initialMoneyRates,
  evolve: (state, events) => events.reduce(evolveMoneyRates, state),
};

/** What a creator's settled days came to, and its redemptions. */
export const earningsFold = (creator: string): FoldOf<Earnings, typeof earningsEventTypes> => ({
  stream: streams.earnings(creator),
  types: earningsEventTypes,
  initial: initialEarnings,
  evolve: foldEarnings,
});

/** What the platform says of a creator. */
export const standingFold = (creator: string): FoldOf<Standing, typeof standingEventTypes> => ({
  stream: streams.standing(creator),
  types: standingEventTypes,
  initial: initialStanding,
  evolve: (state, events) => events.reduce(evolveStanding, state),
});
