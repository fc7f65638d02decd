import { formatMoney, isCurrency } from '@carat/protocol';

/** Whole minor units as people write them: `9500` of USD is `95.00 USD`. */
export const tellMoney = (minor: bigint | string, currency: string): string =>
  isCurrency(currency) ? formatMoney(BigInt(minor), currency) : `${minor} minor units of ${currency}`;

/**
 * The same of an exact part of minor units: `95.00 USD + 19/40 minor unit`; not in lowest terms, so that
 * lines of one denominator can be added up.
 */
export const tellExactMoney = (numerator: string, denominator: string, currency: string): string => {
  const [of, by] = [BigInt(numerator), BigInt(denominator)];
  const rest = of % by === 0n ? '' : ` + ${of % by}/${by} minor unit`;
  return `${tellMoney(of / by, currency)}${rest}`;
};

/** Thousandths as diamonds, exactly: `12.345`. */
export const diamonds = (millidiamonds: number | bigint | string): string => {
  const text = String(millidiamonds).padStart(4, '0');
  return `${text.slice(0, -3)}.${text.slice(-3)}`;
};
