import { expect, test } from 'vitest';
import { fromStripe, toStripe } from './money.ts';

/** https://docs.stripe.com/currencies#minor-units and #special-cases */
test.each([
  ['1234', 'USD', 1_234],
  ['999999999999', 'EUR', 999_999_999_999],
  ['7', 'JPY', 7],
  ['7', 'CLP', 7],
  ['3', 'ISK', 300],
  ['3', 'UGX', 300],
  ['500', 'MGA', 5],
  ['1230', 'KWD', 1_230],
  ['1234', 'HUF', 1_234],
])('%s minor units of %s are %d at Stripe', (minor, currency, amount) => {
  expect(toStripe(minor, currency)).toBe(amount);
  expect(fromStripe(amount, currency)).toBe(minor);
});

test.each([
  ['50', 'MGA'],
  ['1234', 'KWD'],
  ['1', 'BHD'],
])('%s minor units of %s are refused', (minor, currency) => {
  expect(() => toStripe(minor, currency)).toThrow(expect.objectContaining({ code: 'refused' }));
});
