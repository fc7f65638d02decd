import { describe, expect, it } from 'vitest';
import {
  askQuote,
  largestRedemption,
  requestRedemption,
  setMoneyRate,
  setPayoutMethod,
} from './redemptions.ts';

describe('what is asked of redemptions', () => {
  it('is of whole diamonds, in a currency that is offered', () => {
    expect(askQuote.safeParse({ diamonds: 10_000, currency: 'USD' }).success).toBe(true);
    const wrong = [{ diamonds: 0.5 }, { diamonds: 0 }, { diamonds: -1 }, { currency: 'XTS' }, { to: 'bea' }];
    for (const change of [...wrong, { diamonds: largestRedemption.diamonds + 1 }]) {
      expect(askQuote.safeParse({ diamonds: 10_000, currency: 'USD', ...change }).success).toBe(false);
    }
    expect(requestRedemption.safeParse({ diamonds: 10_000, currency: 'USD' }).success).toBe(false);
  });

  it('is of rates with something above and below the line', () => {
    const rate = { currency: 'EUR', numerator: 1, denominator: 2 };
    expect(setMoneyRate.safeParse(rate).success).toBe(true);
    for (const change of [
      { numerator: 0 },
      { denominator: 0 },
      { denominator: largestRedemption.ratePart + 1 },
    ]) {
      expect(setMoneyRate.safeParse({ ...rate, ...change }).success).toBe(false);
    }
  });

  it('names a payout method by reference: an address is no such name', () => {
    expect(setPayoutMethod.safeParse({ provider: 'sandbox', reference: 'm-1' }).success).toBe(true);
    expect(setPayoutMethod.safeParse({ provider: 'sandbox', reference: 'ann@example.org' }).success).toBe(
      false,
    );
  });
});
