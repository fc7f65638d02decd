import { accept, type Decision, refuse } from './decision.ts';
import type { Event, RateEvent } from './events.ts';

/** Thousandths of a diamond that a coin earns from an instant on. */
export type DiamondRate = { readonly millidiamondsPerCoin: number; readonly from: number };

/** All rates ever set, in the order they were set. Stream: `rates`. */
export type Rates = readonly DiamondRate[];

/** One diamond per coin, until a rate is set. */
export const initialRates: Rates = [{ millidiamondsPerCoin: 1_000, from: 0 }];

/** All that the stream holds; what diamonds are worth in money is for `money-rates.ts`. */
export const rateEventTypes = ['DiamondRateSet', 'MoneyRateSet'] as const;

export const evolveRates = (rates: Rates, event: RateEvent): Rates => {
  if (event.type === 'MoneyRateSet') return rates;
  const { millidiamondsPerCoin, from } = event.data;
  return [...rates, { millidiamondsPerCoin, from }];
};

/** The rate at an instant: of those that have begun the latest to begin, and of equals the one set last. */
export const rateAt = (rates: Rates, at: number): number => {
  let best = initialRates[0]!;
  for (const rate of rates) if (rate.from <= at && rate.from >= best.from) best = rate;
  return best.millidiamondsPerCoin;
};

export type SetDiamondRate = {
  readonly millidiamondsPerCoin: number;
  readonly from: number | undefined;
  readonly by: string;
  readonly now: number;
};

/** Sets the rate from now or from a later instant on; the past keeps its rates. */
export const setDiamondRate = (command: SetDiamondRate): Decision<Event<'DiamondRateSet'>> => {
  const { millidiamondsPerCoin, by, now: at, from = at } = command;
  if (from < at) return refuse('rate_begins_in_the_past');
  return accept({ type: 'DiamondRateSet', data: { millidiamondsPerCoin, from, by, at } });
};
