import { isExact, type MoneyRate, moneyRateAt, type Quote } from '@carat/domain';
import { limits } from '../../limits.ts';
import type { Fact } from '../stored.ts';

const mille = 1_000n;

/** What of a quote does not follow from its own diamonds, rate and charges, in a few words each. */
const faultsOf = (quote: Quote): string[] => {
  const { diamonds, feeMinor, feePerMille, withholdingPerMille } = quote;
  const [numerator, rateDenominator] = [BigInt(quote.rate.numerator), BigInt(quote.rate.denominator)];
  const [denominator, gross] = [BigInt(quote.denominator), BigInt(quote.gross)];
  const isShare = (perMille: number): boolean => perMille >= 0 && perMille <= Number(mille);
  const faults: string[] = [];
  if (diamonds < 1 || numerator < 1n || rateDenominator < 1n || denominator < 1n) {
    return [`${diamonds} diamonds at ${numerator}/${rateDenominator} are no quote`];
  }
  if (feeMinor < 0 || !isShare(feePerMille) || !isShare(withholdingPerMille)) {
    faults.push('what is taken off is less than nothing, or more than all');
  }
  if (gross * rateDenominator !== BigInt(diamonds) * numerator * denominator) {
    faults.push(`${diamonds} diamonds at its rate are not ${gross}/${denominator}`);
  }
  const charged = BigInt(feeMinor) * denominator * mille + gross * BigInt(feePerMille);
  if (BigInt(quote.fee) * mille !== charged) faults.push(`its fee is not ${quote.fee}/${denominator}`);
  if (BigInt(quote.withheld) * mille !== gross * BigInt(withholdingPerMille)) {
    faults.push(`what is withheld is not ${quote.withheld}/${denominator}`);
  }
  if (!isExact(quote)) faults.push(`its lines do not add up to ${gross}/${denominator}`);
  if (quote.net === '0') faults.push('it leaves nothing to pay');
  return faults;
};

/**
 * Every quote follows exactly from its own diamonds, rate and charges, and its rate is the one in force when
 * it was given.
 */
export const createQuotes = () => {
  const rates: (MoneyRate & { readonly at: number })[] = [];

  const isInForce = ({ currency, rate }: Quote, at: number): boolean => {
    // Who decided a request may not have read yet what was set just before: all of that, or the last of it.
    const surelyRead = rates.findLastIndex((set) => set.at <= at - limits.rateReadMs) + 1;
    for (let read = rates.length; read >= surelyRead; read--) {
      const inForce = moneyRateAt(rates.slice(0, read), currency, at);
      if (inForce?.numerator === rate.numerator && inForce.denominator === rate.denominator) return true;
    }
    return false;
  };

  return {
    setRate: ({ data }: Fact<'MoneyRateSet'>): void => void rates.push(data),
    /** What is wrong with the quote of a request. */
    check: ({ data: { quote, at } }: Fact<'RedemptionRequested'>): string[] => {
      const { numerator, denominator } = quote.rate;
      const inForce = isInForce(quote, at);
      return [
        ...(inForce ? [] : [`a diamond was not worth ${numerator}/${denominator} ${quote.currency} then`]),
        ...faultsOf(quote),
      ];
    },
  };
};
