import type { Decision } from '../decision.ts';
import { type Earnings, foldEarnings, initialEarnings } from '../earnings.ts';
import type { EarningsEvent, Event, SettlementEvent, StandingEvent } from '../events.ts';
import { evolveMoneyRates, initialMoneyRates } from '../money-rates.ts';
import { type RedemptionTerms, type RequestRedemption, requestRedemption } from '../redemption.ts';
import { defaultPolicy } from '../redemption-policy.ts';
import { addDays, evolveSettlement, initialSettlement } from '../settlement.ts';
import { evolveStanding, initialStanding, type Standing } from '../standing.ts';

export const dayMs = 86_400_000;
/** Noon of a day long after all that is set up below. */
export const noon = Date.parse('2026-11-23T12:00:00Z');

/** What was decided; fails the spec where it was refused. */
export const decided = <E>(decision: Decision<E, unknown>): readonly E[] => {
  if (decision.refused) throw new Error(`refused: ${JSON.stringify(decision.refusal)}`);
  return decision.events;
};

export const dayClosed = (day: string, holdDays = 7): SettlementEvent => ({
  type: 'DayClosed',
  data: { day, previous: null, holdDays, at: 0 },
});

export const settled = (day: string, diamonds: number, hash = 'a'.repeat(64)): EarningsEvent => ({
  type: 'DiamondsSettled',
  data: { creator: 'ann', day, gifts: 1, coins: '1', millidiamonds: `${diamonds}000`, hash, at: 0 },
});

/** `numerator` / `denominator` US cents for a diamond. */
export const rateSet = (numerator: number, denominator: number, from = 0): Event<'MoneyRateSet'> => ({
  type: 'MoneyRateSet',
  data: { currency: 'USD', numerator, denominator, from, by: 'olga', at: from },
});

const said = { creator: 'ann', by: 'platform', at: 0 };
const ready: readonly StandingEvent[] = [
  { type: 'IdentityStatusSet', data: { ...said, status: 'verified', reference: 'i1' } },
  { type: 'PayoutMethodSet', data: { ...said, provider: 'sandbox', reference: 'm1' } },
];

/** A creator in good standing: verified, with a payout method that has stood for long. */
export const goodStanding: Standing = ready.reduce(evolveStanding, initialStanding);

/** Half a cent per diamond, all days up to yesterday closed, the defaults of policy. */
export const terms: RedemptionTerms = {
  settlement: [dayClosed('2026-11-01'), dayClosed('2026-11-22')].reduce(evolveSettlement, initialSettlement),
  standing: goodStanding,
  rates: evolveMoneyRates(initialMoneyRates, rateSet(1, 2)),
  policy: defaultPolicy,
};

/** Ann, with so many diamonds that can be redeemed, and as many that are still held. */
export const ann = (available: number, held = 0): Earnings =>
  foldEarnings(initialEarnings, [
    settled('2026-11-01', available),
    ...(held > 0 ? [settled(addDays('2026-11-22', -1), held)] : []),
  ]);

export const asks = (diamonds: number, more: Partial<RequestRedemption> = {}): RequestRedemption => ({
  redemption: 'r1',
  key: 'k1',
  creator: 'ann',
  diamonds,
  currency: 'USD',
  by: 'ann',
  now: noon,
  ...more,
});

/** Ann after a request was granted. */
export const afterRequest = (earnings: Earnings, command: RequestRedemption, of = terms): Earnings =>
  foldEarnings(earnings, decided(requestRedemption(command, earnings, of)));
