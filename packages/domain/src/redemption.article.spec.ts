import { formatMoney } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { balanceOf } from './earnings.ts';
import { type EventType, eventTypes, fieldsOf } from './events.ts';
import { evolveMoneyRates } from './money-rates.ts';
import { offerRedemption, requestRedemption } from './redemption.ts';
import { evolveStanding, initialStanding } from './standing.ts';
import { defaultScale, recordViolation } from './standing-decisions.ts';
import { afterRequest, ann, asks, decided, goodStanding, noon, rateSet, terms } from './testing/redeeming.ts';

const request = (diamonds: number, standing = goodStanding) =>
  requestRedemption(asks(diamonds), ann(1_000_000), { ...terms, standing });
const violated = (times: number) => {
  let standing = goodStanding;
  for (let n = 0; n < times; n++) {
    const violation = { creator: 'ann', violation: `v${n}`, guideline: 'g', by: 'olga', now: noon - 1 };
    const events = decided(recordViolation({ ...violation, scale: defaultScale }, standing));
    standing = events.reduce(evolveStanding, standing);
  }
  return standing;
};
const withoutMethod = { ...goodStanding, method: null };

describe('what is known of redeeming diamonds', () => {
  it.each([
    ['9,999 are below the minimum', request(9_999), 'redemption_below_minimum'],
    ['10,000 are enough', request(10_000), 'accepted'],
    ['personal details are missing', request(10_000, initialStanding), 'identity_not_verified'],
    ['payment details are missing', request(10_000, withoutMethod), 'payout_method_missing'],
    ['a first violation is a warning', request(10_000, violated(1)), 'accepted'],
    ['a third holds redemption', request(10_000, violated(3)), 'redemption_held'],
    ['a fourth ends it', request(10_000, violated(4)), 'creator_closed'],
  ])('%s', (_, decision, outcome) => {
    expect(decision.refused ? decision.refusal.refused : 'accepted').toBe(outcome);
  });

  it('$100.00 less 5 % are $95.00', () => {
    const offer = offerRedemption(asks(20_000), ann(20_000), terms);
    expect(offer).toMatchObject({
      quote: { denominator: '1', gross: '10000', fee: '500', withheld: '0', net: '9500', remainder: '0' },
    });
    expect(formatMoney(9_500n, 'USD')).toBe('95.00 USD');
  });

  it('the rate is that of the moment: halved between two requests, the second comes to half', () => {
    const first = afterRequest(ann(40_000), asks(20_000));
    const halved = { ...terms, rates: evolveMoneyRates(terms.rates, rateSet(1, 4, noon + 1)) };
    const both = afterRequest(first, asks(20_000, { redemption: 'r2', key: 'k2', now: noon + 1 }), halved);
    expect([...both.redemptions.values()].map(({ quote }) => quote.net)).toEqual(['9500', '4750']);
    expect(balanceOf(both, terms.settlement).available).toBe(0n);
  });
});

describe('diamonds', () => {
  /** All events that hold diamonds, and what they do. */
  const holding: Partial<Record<EventType, string>> = {
    DiamondRateSet: 'says what a coin earns',
    GiftSent: 'earns them',
    DiamondsSettled: 'books what one creator earned',
    DaySettled: 'sums up a day',
    RedemptionRequested: 'takes them out',
  };

  it.each(eventTypes)('are neither bought nor passed on: %s', (type) => {
    const fields = fieldsOf(type);
    const holds = fields.some((field) => /diamond|quote/i.test(field));
    expect(holds, 'holds diamonds').toBe(type in holding);
    expect(
      fields.filter((field) => /^(creator|from\w+|to\w*|payee|recipient)$/.test(field)).length,
    ).toBeLessThan(2);
    const paidFor = fields.some((field) => /^(price|paid|purchase|minor)/i.test(field));
    expect(holds && paidFor, 'sells diamonds').toBe(false);
  });
});
