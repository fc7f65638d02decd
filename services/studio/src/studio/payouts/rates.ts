import type { redemptions } from '@carat/protocol';

type MoneyRate = redemptions.MoneyRate;

export type CurrencyRates = {
  readonly currency: string;
  /** Undefined where none has begun. */
  readonly now: MoneyRate | undefined;
  /** Set ahead, the next first. */
  readonly ahead: readonly MoneyRate[];
};

/**
 * What each currency's diamonds are worth and will be, as of an instant, by code of the currency. Of rates
 * that have begun the latest to begin holds, and of equals the one set last.
 * @param rates in the order in which they were set
 */
export const ratesByCurrency = (rates: readonly MoneyRate[], at: number): CurrencyRates[] => {
  const currencies = [...new Set(rates.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    // The sort is stable: of two that begin together the one set later comes later, and replaces the other.
    const own = rates.filter((rate) => rate.currency === currency).sort((one, two) => one.from - two.from);
    const holding = own.filter(({ from }, n) => own[n + 1]?.from !== from);
    return {
      currency,
      now: holding.findLast(({ from }) => from <= at),
      ahead: holding.filter(({ from }) => from > at),
    };
  });
};
