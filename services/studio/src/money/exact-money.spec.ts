import { expect, it } from 'vitest';
import { formatExact, formatMinor, formatStated, sayMoneyRate } from './exact-money.ts';

it.each([
  [6_172n, 1n, 'USD', '61.72 USD'],
  [12_345n, 2n, 'USD', '61.725 USD'],
  [1n, 8n, 'USD', '0.00125 USD'],
  [18_517n, 3n, 'USD', '61.72 USD + 1/3 of 0.01 USD'],
  [4n, 6n, 'USD', '0.00 USD + 2/3 of 0.01 USD'],
  [5n, 2n, 'JPY', '2.5 JPY'],
  [5n, 1n, 'KWD', '0.005 KWD'],
  [-5n, 2n, 'EUR', '−0.025 EUR'],
  // Past 2^53: nothing is rounded on the way.
  [90_071_992_547_409_931n, 10n, 'USD', '90071992547409.931 USD'],
  [7n, 2n, 'XXX', '7/2 minor units of XXX'],
])('%d/%d minor units of %s are written exactly', (numerator, denominator, currency, text) => {
  expect(formatExact(numerator, denominator, currency)).toBe(text);
});

it('money is read as the wire and statements have it', () => {
  expect(formatMinor('9500', 'USD')).toBe('95.00 USD');
  expect(formatStated('95', 'USD')).toBe('0.95 USD');
  expect(formatStated('1901/20', 'USD')).toBe('0.9505 USD');
});

it('rates are told of so many diamonds that they can be read', () => {
  expect(sayMoneyRate({ numerator: 1, denominator: 2 }, 'USD')).toBe('1,000 diamonds are 5.00 USD');
  expect(sayMoneyRate({ numerator: 1, denominator: 3 }, 'JPY')).toContain('333 JPY + 1/3 of 1 JPY');
});
