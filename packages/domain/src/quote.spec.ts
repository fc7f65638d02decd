import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExact } from './conservation.ts';
import { quoteOf } from './quote.ts';

const rate = (numerator: number, denominator: number) => ({
  currency: 'USD',
  numerator,
  denominator,
  from: 0,
});
const none = { feeMinor: 0, feePerMille: 0, withholdingPerMille: 0 };

describe('a quote', () => {
  it('takes off a fixed fee, a part of the gross, and tax of the gross, and rounds once, at the end', () => {
    const quote = quoteOf(10_001, rate(1, 3), { feeMinor: 25, feePerMille: 50, withholdingPerMille: 240 });
    // 3,333 2/3 cents; 25 + 166 41/60; 800 2/25; what is left is 2,341 cents and 271/300 of one.
    expect(quote).toMatchObject({ denominator: '300', gross: '1000100', fee: '57505', withheld: '240024' });
    expect(quote).toMatchObject({ net: '2341', remainder: '271' });
  });

  it('states no remainder where there is none, in lowest terms', () => {
    expect(quoteOf(10, rate(3, 2), none)).toMatchObject({ denominator: '1', net: '15', remainder: '0' });
  });

  it('is none where not one minor unit would be left', () => {
    expect(quoteOf(1, rate(1, 2), none)).toBeUndefined();
    expect(quoteOf(100, rate(1, 1), { ...none, feeMinor: 100 })).toBeUndefined();
    expect(quoteOf(100, rate(1, 1), { ...none, feeMinor: 99 })).toMatchObject({ net: '1' });
    expect(quoteOf(100, rate(1, 1), { ...none, feePerMille: 600, withholdingPerMille: 500 })).toBeUndefined();
  });

  it('accounts for every part of a minor unit, whatever the rate', () => {
    const part = fc.integer({ min: 1, max: 1_000_000_000 });
    const charges = fc.record({
      feeMinor: fc.nat(500),
      feePerMille: fc.nat(1_000),
      withholdingPerMille: fc.nat(1_000),
    });
    fc.assert(
      fc.property(part, part, part, charges, (diamonds, numerator, denominator, taken) => {
        const quote = quoteOf(diamonds, rate(numerator, denominator), taken);
        expect(quote === undefined || isExact(quote)).toBe(true);
      }),
    );
  });
});
