import { redemptions } from '@carat/protocol';
import { expect, it } from 'vitest';
import { limits } from '../../shared/limits.ts';
import { readAmount } from './amount.ts';

it.each([
  ['12345', 12_345],
  [' 12,345 ', 12_345],
  ['1 000 000', 1_000_000],
  ["10'000", 10_000],
  ['10\u202f000', 10_000],
  ['1000000000000', 1_000_000_000_000],
])('%j are whole diamonds', (text, diamonds) => {
  expect(readAmount(text)).toEqual({ diamonds });
});

it.each(['12.5', '12,5', '10000.', '1.00'])('%j has a fraction, which is not paid out', (text) => {
  expect(readAmount(text).fault).toContain('whole diamonds');
});

it.each(['ten', '-5', '1e9', '1,23,456', '0', '000', '0x10', '12,3456', '1,2342567', '1{234'])(
  '%j is no amount',
  (text) => {
    expect(readAmount(text)).toEqual({ fault: 'Type a whole number of diamonds.' });
  },
);

it('nothing typed yet is no fault', () => {
  expect(readAmount('  ')).toEqual({ fault: undefined });
});

it('more than the api would ever take is said so, however many digits it has', () => {
  expect(limits.maxAskedDiamonds).toBe(redemptions.largestRedemption.diamonds);
  expect(readAmount('1000000000001').fault).toContain('1,000,000,000,000');
  expect(readAmount('9'.repeat(400)).fault).toContain('At most');
});
