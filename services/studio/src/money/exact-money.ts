import { exponents, formatMoney, isCurrency } from '@carat/protocol';

/** Digits behind those of the minor unit that are written out; what needs more is written as a fraction. */
const maxDigits = 6;

/**
 * `numerator`/`denominator` minor units as people write money, exact: `61.725 USD`, or where it has no end as
 * a decimal, `61.72 USD + 1/3 of 0.01 USD`.
 */
export const formatExact = (numerator: bigint, denominator: bigint, currency: string): string => {
  if (numerator < 0n) return `−${formatExact(-numerator, denominator, currency)}`;
  if (!isCurrency(currency)) return `${numerator}/${denominator} minor units of ${currency}`;
  const whole = formatMoney(numerator / denominator, currency);
  const rest = numerator % denominator;
  if (rest === 0n) return whole;
  const digits = digitsOf(rest, denominator);
  if (digits === undefined) {
    const by = greatestDivisor(rest, denominator);
    return `${whole} + ${rest / by}/${denominator / by} of ${formatMoney(1n, currency)}`;
  }
  const [amount, code] = whole.split(' ');
  return `${amount}${exponents[currency] === 0 ? '.' : ''}${digits} ${code}`;
};

/** Whole minor units, as the wire has them. */
export const formatMinor = (minor: string, currency: string): string =>
  formatExact(BigInt(minor), 1n, currency);

/** Minor units as statements have them: `95`, or `1901/20`. */
export const formatStated = (minor: string, currency: string): string => {
  const [numerator = '0', denominator = '1'] = minor.split('/');
  return formatExact(BigInt(numerator), BigInt(denominator), currency);
};

/** What comes behind the point of `rest`/`denominator`; undefined where that has no end, or a far one. */
const digitsOf = (rest: bigint, denominator: bigint): string | undefined => {
  for (let [count, scaled] = [1, rest * 10n]; count <= maxDigits; count++, scaled *= 10n) {
    if (scaled % denominator === 0n) return String(scaled / denominator).padStart(count, '0');
  }
  return undefined;
};

const greatestDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : greatestDivisor(b, a % b));

type Rate = { readonly numerator: number; readonly denominator: number };

/** So many diamonds make a rate readable: of one alone it is often less than a minor unit. */
const toldDiamonds = 1_000n;

/** `1,000 diamonds are 5.00 USD` */
export const sayMoneyRate = ({ numerator, denominator }: Rate, currency: string): string =>
  `1,000 diamonds are ${formatExact(toldDiamonds * BigInt(numerator), BigInt(denominator), currency)}`;
