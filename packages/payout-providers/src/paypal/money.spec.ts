import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toDecimal, toMinor } from './money.ts';

test.each([
  ['1', 'USD', '0.01'],
  ['99', 'EUR', '0.99'],
  ['100', 'GBP', '1.00'],
  ['123456789012', 'USD', '1234567890.12'],
  ['7', 'JPY', '7'],
  ['4500', 'HUF', '45'],
  ['100', 'TWD', '1'],
])('%s minor units of %s are written %s', (minor, currency, decimal) => {
  expect(toDecimal(minor, currency)).toBe(decimal);
  expect(toMinor(`-${decimal}`, currency)).toBe(minor);
});

test.each([
  ['4550', 'HUF'],
  ['1', 'TWD'],
  ['100', 'TND'],
  ['100', 'XXX'],
])('%s minor units of %s are refused', (minor, currency) => {
  expect(() => toDecimal(minor, currency)).toThrow(expect.objectContaining({ code: 'refused' }));
});

test('what is written is read as it was', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 999_999_999_999n }),
      fc.constantFrom('USD', 'EUR', 'JPY'),
      (minor, currency) => {
        expect(toMinor(toDecimal(String(minor), currency), currency)).toBe(String(minor));
      },
    ),
  );
});

test.each([
  ['5', 'USD', '500'],
  ['5.5', 'USD', '550'],
  ['5.00', 'JPY', '5'],
])('%s %s is %s minor units, however PayPal writes it', (value, currency, minor) => {
  expect(toMinor(value, currency)).toBe(minor);
});
