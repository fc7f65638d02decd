import type { Currency } from '@carat/protocol';
import { accept, type Decision, refuse } from './decision.ts';
import type { Event, RateEvent } from './events.ts';

/** What one diamond is worth from an instant on: `numerator` / `denominator` minor units, exactly. */
export type MoneyRate = {
  readonly currency: string;
  readonly numerator: number;
  readonly denominator: number;
  readonly from: number;
};

/**
 * All rates of all currencies ever set, in the order they were set: their history. Stream: `rates`, which
 * also holds what coins earn (`rates.ts`). A currency has none until one is set: it is not offered.
 */
export type MoneyRates = readonly MoneyRate[];

export const initialMoneyRates: MoneyRates = [];

export const evolveMoneyRates = (rates: MoneyRates, event: RateEvent): MoneyRates => {
  if (event.type === 'DiamondRateSet') return rates;
  const { currency, numerator, denominator, from } = event.data;
  return [...rates, { currency, numerator, denominator, from }];
};

/** A currency's rate at an instant: of those begun the latest to begin, and of equals the one set last. */
export const moneyRateAt = (rates: MoneyRates, currency: string, at: number): MoneyRate | undefined => {
  let best: MoneyRate | undefined;
  for (const rate of rates) {
    if (rate.currency !== currency || rate.from > at) continue;
    if (best === undefined || rate.from >= best.from) best = rate;
  }
  return best;
};

export type SetMoneyRate = {
  readonly currency: Currency;
  /** Both 1 to `largestRedemption.ratePart`. */
  readonly numerator: number;
  readonly denominator: number;
  readonly from: number | undefined;
  readonly by: string;
  readonly now: number;
};

/** Sets a currency's rate from now or from a later instant on; the past keeps its rates. */
export const setMoneyRate = (command: SetMoneyRate): Decision<Event<'MoneyRateSet'>> => {
  const { now: at, from = at, ...rest } = command;
  if (from < at) return refuse('rate_begins_in_the_past');
  return accept({ type: 'MoneyRateSet', data: { ...rest, from, at } });
};
