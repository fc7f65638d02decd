/** An exact part of minor units, in lowest terms; the denominator is positive. */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

export const zero: Fraction = { numerator: 0n, denominator: 1n };

/** Of two that are not negative. */
export const greatestDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : greatestDivisor(b, a % b));

/** @param denominator positive */
export const fractionOf = (numerator: bigint, denominator: bigint): Fraction => {
  const by = greatestDivisor(numerator < 0n ? -numerator : numerator, denominator);
  return { numerator: numerator / by, denominator: denominator / by };
};

export const addFractions = (a: Fraction, b: Fraction): Fraction =>
  fractionOf(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);

/** `95`, or where it is no whole number `1901/20`. */
export const formatFraction = ({ numerator, denominator }: Fraction): string =>
  denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
