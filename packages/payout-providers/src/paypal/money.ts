import { ProviderError } from '../port.ts';

/**
 * The currencies that PayPal pays out, and by how many decimals its amounts are written.
 * Source: https://developer.paypal.com/api/rest/reference/currency-codes/ ("HUF, JPY, TWD: this currency does
 * not support decimals").
 */
const decimals: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD ILS MXN MYR NOK NZD PHP PLN SEK SGD THB USD'
      .split(' ')
      .map((currency) => [currency, 2]),
  ),
  ...{ HUF: 0, JPY: 0, TWD: 0 },
};

/**
 * Minor units of ISO 4217 per unit, as a power of ten: HUF and TWD have hundredths that PayPal does not pay.
 */
const exponentOf = (currency: string): number => (currency === 'JPY' ? 0 : 2);

/** Minor units as PayPal writes them: 1234 USD is `12.34`. @throws ProviderError `refused` */
export const toDecimal = (amountMinor: string, currency: string): string => {
  const places = decimals[currency];
  if (places === undefined) throw new ProviderError('refused', `paypal pays no ${currency}.`);
  const exponent = exponentOf(currency);
  const digits = amountMinor.padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  if (places === exponent) return exponent === 0 ? whole : `${whole}.${fraction}`;
  if (/[^0]/.test(fraction)) throw new ProviderError('refused', `paypal pays whole ${currency} only.`);
  return whole;
};

/** What PayPal wrote, in minor units, whatever its sign: `-12.34` USD is 1234. */
export const toMinor = (value: string, currency: string): string => {
  const [, whole = '0', fraction = ''] = /^-?(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
  const exponent = exponentOf(currency);
  return String(BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0')));
};
