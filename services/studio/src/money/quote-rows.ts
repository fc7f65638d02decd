import type { redemptions } from '@carat/protocol';
import { formatNumber, formatPerMille } from '../shared/format.ts';
import { formatExact, formatMinor, sayMoneyRate } from './exact-money.ts';

export type QuoteRow = {
  readonly name: string;
  /** How the line came about. */
  readonly how: string;
  readonly amount: string;
};

/** What diamonds come to, a row for each line; from the first the others are taken, to the last. */
export const quoteRows = (quote: redemptions.QuoteLines): QuoteRow[] => {
  const { currency } = quote;
  const denominator = BigInt(quote.denominator);
  const taken = (amount: string): string => formatExact(-BigInt(amount), denominator, currency);
  return [
    {
      name: 'Worth',
      how: `${formatNumber(quote.diamonds)} diamonds, where ${sayMoneyRate(quote.rate, currency)}`,
      amount: formatExact(BigInt(quote.gross), denominator, currency),
    },
    { name: 'Fee', how: sayFee(quote), amount: taken(quote.fee) },
    {
      name: 'Tax withheld',
      how:
        quote.withholdingPerMille === 0
          ? 'None'
          : `${formatPerMille(quote.withholdingPerMille)} of the worth`,
      amount: taken(quote.withheld),
    },
    {
      name: 'Rounded down',
      how: `Once, to whole ${formatMinor('1', currency)}`,
      amount: taken(quote.remainder),
    },
    { name: 'Paid to you', how: '', amount: formatMinor(quote.net, currency) },
  ];
};

const sayFee = ({ feeMinor, feePerMille, currency }: redemptions.QuoteLines): string => {
  const fixed = feeMinor === 0 ? [] : [`${formatMinor(String(feeMinor), currency)} each time`];
  const share = feePerMille === 0 ? [] : [`${formatPerMille(feePerMille)} of the worth`];
  return [...fixed, ...share].join(' and ') || 'None';
};
