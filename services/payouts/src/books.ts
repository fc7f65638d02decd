import { type Decision, type Earnings, type EarningsEvent, type Standing, streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { earningsFold, type Folded, type FoldedStream, foldStream, standingFold } from '@carat/history';
import { appendDecided } from './append.ts';
import { limits } from './limits.ts';
import type { PayoutsMetrics } from './metrics.ts';

type Account = {
  readonly earnings: FoldedStream<Earnings>;
  readonly standing: FoldedStream<Standing>;
};

/** What the log says of creators who are paid, and the one way to decide by it. */
export type Books = {
  /** As of a read that begins after the call. @throws EventStoreError */
  earnings(creator: string): Promise<Folded<Earnings>>;
  standing(creator: string): Promise<Folded<Standing>>;
  /**
   * Decides by the creator's earnings and appends at exactly the revision that was read; where somebody else
   * was faster, again. @returns the decision that holds. @throws EventStoreError
   */
  decide<E extends EarningsEvent, R>(
    creator: string,
    decide: (earnings: Earnings) => Decision<E, R> | Promise<Decision<E, R>>,
  ): Promise<Decision<E, R>>;
};

type Dependencies = { readonly store: EventStore; readonly metrics: PayoutsMetrics };

/** Keeps the creators used last folded, so that a step reads only what is new of them. */
export const openBooks = ({ store, metrics }: Dependencies): Books => {
  const accounts = new Map<string, Account>();

  const accountOf = (creator: string): Account => {
    const account = accounts.get(creator) ?? {
      earnings: foldStream(store, earningsFold(creator)),
      standing: foldStream(store, standingFold(creator)),
    };
    accounts.delete(creator);
    accounts.set(creator, account);
    if (accounts.size > limits.knownCreators) accounts.delete(accounts.keys().next().value!);
    return account;
  };

  const earnings = (creator: string) => accountOf(creator).earnings.read();

  return {
    earnings,
    standing: (creator) => accountOf(creator).standing.read(),
    decide: async (creator, decide) => {
      for (let decisions = 0; decisions < limits.maxDecisions; decisions++) {
        const { state, expected } = await earnings(creator);
        const decision = await decide(state);
        if (decision.refused || decision.events.length === 0) return decision;
        if (!(await appendDecided(store, streams.earnings(creator), expected, decision.events))) continue;
        for (const { type } of decision.events) metrics.booked.inc({ event: type });
        return decision;
      }
      throw new Error(`Others wrote to the earnings of ${creator} all the time: nothing was appended.`);
    },
  };
};
