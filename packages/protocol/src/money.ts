/**
 * Currencies in which diamonds can be redeemed, with the decimals of their minor unit (ISO 4217). Those that
 * payout providers count otherwise than ISO does (HUF, TWD, ISK, …) are left out.
 */
export const exponents = {
  AUD: 2,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  CZK: 2,
  DKK: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  MXN: 2,
  NOK: 2,
  NZD: 2,
  PLN: 2,
  SEK: 2,
  SGD: 2,
  THB: 2,
  USD: 2,
} as const;

export type Currency = keyof typeof exponents;

export const isCurrency = (text: string): text is Currency => Object.hasOwn(exponents, text);

/** Whole minor units as people write them: 9500n of USD is `95.00 USD`. */
export const formatMoney = (minor: bigint, of: Currency): string => {
  const decimals = exponents[of];
  const digits = String(minor < 0n ? -minor : minor).padStart(decimals + 1, '0');
  const [whole, rest] = [digits.slice(0, digits.length - decimals), digits.slice(digits.length - decimals)];
  return `${minor < 0n ? '-' : ''}${whole}${rest && `.${rest}`} ${of}`;
};
