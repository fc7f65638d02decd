import type { PayoutEvent } from '@carat/domain';
import { expect, it } from 'vitest';
import { tellPayout } from './payout-gist.ts';

const of = { creator: 'ann', redemption: 'r1', by: 'olga', at: 0 };
const quote = {
  ...{ diamonds: 20_000, currency: 'USD', rate: { numerator: 1, denominator: 2 } },
  ...{ feeMinor: 0, feePerMille: 50, withholdingPerMille: 0, denominator: '1' },
  ...{ gross: '10000', fee: '500', withheld: '0', net: '9500', remainder: '0' },
};
const method = { provider: 'sandbox', reference: 'm1' };
const rate = { currency: 'USD', numerator: 1, denominator: 2, from: 0, by: 'olga', at: 0 };

it.each<[PayoutEvent, string]>([
  [{ type: 'MoneyRateSet', data: rate }, '1/2 minor units of USD per diamond from 0'],
  [
    { type: 'RedemptionRequested', data: { ...of, key: 'k', quote, method } },
    'r1: 20000 diamonds for 95.00 USD, by olga',
  ],
  [
    { type: 'RedemptionRequested', data: { ...of, key: 'k', quote: { ...quote, currency: 'XTS' }, method } },
    'r1: 20000 diamonds for 9500 minor units of XTS, by olga',
  ],
  [
    {
      type: 'ThresholdNeared',
      data: {
        ...{ creator: 'ann', threshold: 'form', period: '2026', currency: 'USD', at: 0 },
        ...{ paid: '54000', limit: '60000' },
      },
    },
    'form of 2026: 540.00 USD of 600.00 USD',
  ],
  [{ type: 'PayoutPaid', data: { ...of, reference: 'p1' } }, 'r1, as p1'],
  [
    { type: 'CreatorFrozen', data: { ...of, reason: 'check', until: null } },
    'until released, by olga: check',
  ],
])('an event on the way to money is told in a few words: %o', (event, gist) => {
  expect(tellPayout(event, String)).toBe(gist);
});
