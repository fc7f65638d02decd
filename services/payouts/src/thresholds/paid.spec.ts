import type { EarningsEvent, Quote } from '@carat/domain';
import { initialStanding } from '@carat/domain';
import { expect, it } from 'vitest';
import type { Threshold } from '../config.ts';
import { nearThresholds, paidIn } from './paid.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const threshold: Threshold = { name: 'us', currency: 'USD', minor: 1_000, per: 'year', nearPerMille: 900 };

const requested = (redemption: string, net: string, currency = 'USD'): EarningsEvent => ({
  type: 'RedemptionRequested',
  data: {
    ...{ creator: 'ann', redemption, key: redemption, by: 'ann', at: now },
    quote: { net, currency } as Quote,
    method: { provider: 'sandbox', reference: 'a' },
  },
});
const paid = (redemption: string, at = now): EarningsEvent => ({
  type: 'PayoutPaid',
  data: { creator: 'ann', redemption, reference: 'x', at },
});
const returned = (redemption: string): EarningsEvent => ({
  type: 'PayoutReturned',
  data: { creator: 'ann', redemption, reason: 'why', at: now },
});

it('counts what was paid in the period and did not come back', () => {
  const lastYear = Date.parse('2025-12-31T23:59:59Z');
  const events = [
    ...[requested('r1', '500'), requested('r2', '300'), requested('r3', '70'), requested('r4', '9', 'EUR')],
    ...[paid('r1'), paid('r2'), paid('r3', lastYear), paid('r4'), returned('r2')],
  ];
  expect(paidIn(events, threshold, '2026')).toBe(500n);
  expect(paidIn(events, threshold, '2025')).toBe(70n);
  expect(paidIn(events, { ...threshold, per: 'month' }, '2026-11')).toBe(500n);
  expect(paidIn(events, { ...threshold, currency: 'EUR' }, '2026')).toBe(9n);
});

it('tells of a threshold once it is near, and once per period', () => {
  const tell = (net: string, nearedThresholds: string[] = [], at = now) =>
    nearThresholds(
      [threshold],
      'ann',
      [requested('r1', net), paid('r1')],
      { ...initialStanding, nearedThresholds: new Set(nearedThresholds) },
      at,
    );
  expect(tell('899')).toEqual([]);
  expect(tell('900')).toMatchObject([
    { type: 'ThresholdNeared', data: { threshold: 'us', period: '2026', paid: '900', limit: '1000' } },
  ]);
  expect(tell('2000', ['us 2025'])).toHaveLength(1);
  expect(tell('2000', ['us 2026'])).toEqual([]);
  expect(tell('2000', [], Date.parse('2027-01-01T00:00:00Z'))).toEqual([]);
});
