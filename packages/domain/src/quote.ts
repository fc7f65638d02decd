import { greatestDivisor } from './fraction.ts';
import type { MoneyRate } from './money-rates.ts';
import type { Quote } from './payout-events.ts';

/** What is taken off: a fee of a fixed part and a part of the gross, and tax withheld of the gross. */
export type Charges = {
  /** Minor units of the currency. */
  readonly feeMinor: number;
  readonly feePerMille: number;
  readonly withholdingPerMille: number;
};

const mille = 1_000n;

/**
 * What diamonds come to, line by line. All lines are exact, in 1/`denominator` of a minor unit; money is
 * rounded once, where the net becomes whole minor units, downwards, and `remainder` says what that left. Tax
 * is withheld of the gross: the fee is a cost of the creator's, it makes what was earned no less.
 * @returns undefined where not one minor unit would be left to pay
 */
export const quoteOf = (diamonds: number, rate: MoneyRate, charges: Charges): Quote | undefined => {
  const { feeMinor, feePerMille, withholdingPerMille } = charges;
  const worth = BigInt(diamonds) * BigInt(rate.numerator);
  const denominator = BigInt(rate.denominator) * mille;
  const gross = worth * mille;
  const fee = BigInt(feeMinor) * denominator + worth * BigInt(feePerMille);
  const withheld = worth * BigInt(withholdingPerMille);
  const kept = gross - fee - withheld;
  if (kept < denominator) return undefined;
  const net = kept / denominator;
  const lines = { gross, fee, withheld, remainder: kept % denominator, denominator };
  return {
    diamonds,
    currency: rate.currency,
    rate: { numerator: rate.numerator, denominator: rate.denominator },
    feeMinor,
    feePerMille,
    withholdingPerMille,
    ...inLowestTerms(lines),
    net: String(net),
  };
};

type Lines = Record<'gross' | 'fee' | 'withheld' | 'remainder' | 'denominator', bigint>;

/** The same lines over the least denominator that they share. */
const inLowestTerms = (lines: Lines): Record<keyof Lines, string> => {
  const by = Object.values(lines).reduce(greatestDivisor);
  const { gross, fee, withheld, remainder, denominator } = lines;
  return {
    denominator: String(denominator / by),
    gross: String(gross / by),
    fee: String(fee / by),
    withheld: String(withheld / by),
    remainder: String(remainder / by),
  };
};
