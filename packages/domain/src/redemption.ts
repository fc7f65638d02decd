import type { Refusal } from '@carat/protocol';
import { accept, type Decision, nothing, type Refused, refuse } from './decision.ts';
import { balanceOf, type Earnings, isTaken, millidiamondsPerDiamond, type Redemption } from './earnings.ts';
import type { Event } from './events.ts';
import { type MoneyRates, moneyRateAt } from './money-rates.ts';
import type { Quote } from './payout-events.ts';
import { quoteOf } from './quote.ts';
import { chargesOf, methodAgeMs, type RedemptionPolicy, rollingMs } from './redemption-policy.ts';
import type { Settlement } from './settlement.ts';
import { findRedemptionRestriction, type PayoutMethod, type Standing, violationsOf } from './standing.ts';

/** What every decision on a redemption looks up beside the creator's earnings. */
export type RedemptionTerms = {
  readonly settlement: Settlement;
  readonly standing: Standing;
  readonly rates: MoneyRates;
  readonly policy: RedemptionPolicy;
};

export type AskQuote = { readonly diamonds: number; readonly currency: string; readonly now: number };

export type RequestRedemption = AskQuote & {
  /** Made by the caller for this request; a repetition may carry another, and gets the first one. */
  readonly redemption: string;
  readonly key: string;
  readonly creator: string;
  readonly by: string;
};

/** Why nothing can be redeemed or paid, whatever it is; undefined where it can. */
export const refuseStanding = (standing: Standing, now: number): Refused<Refusal> | undefined => {
  const restriction = findRedemptionRestriction(standing, now);
  if (restriction?.why === 'closed') return refuse('creator_closed');
  if (restriction?.why === 'frozen') return refuse('creator_frozen');
  if (restriction) return refuse('redemption_held', { retryAfterMs: (restriction.until ?? now) - now });
  return standing.identity === 'verified' ? undefined : refuse('identity_not_verified');
};

const methodOf = ({ method }: Standing, now: number): Refused<Refusal> | PayoutMethod => {
  if (method === null) return refuse('payout_method_missing');
  const retryAfterMs = method.since + methodAgeMs - now;
  return retryAfterMs > 0 ? refuse('payout_method_too_new', { retryAfterMs }) : method;
};

/** Whole diamonds asked for within the last 24 hours that did not come back. */
export const askedLately = ({ redemptions }: Earnings, now: number): number => {
  let asked = 0;
  for (const redemption of redemptions.values()) {
    if (isTaken(redemption) && redemption.requestedAt > now - rollingMs) asked += redemption.quote.diamonds;
  }
  return asked;
};

type Offer = { readonly refused: false; readonly quote: Quote; readonly method: PayoutMethod };

/** What a redemption would come to, line by line, or the refusal that asking for it would meet. */
export const offerRedemption = (
  ask: AskQuote,
  earnings: Earnings,
  terms: RedemptionTerms,
): Offer | Refused<Refusal> => {
  const { diamonds, currency } = ask;
  const { standing, policy } = terms;
  const now = Math.max(ask.now, earnings.at);
  const method = refuseStanding(standing, now) ?? methodOf(standing, now);
  if ('refused' in method) return method;
  const rate = moneyRateAt(terms.rates, currency, now);
  if (rate === undefined) return refuse('currency_not_offered');
  if (diamonds < policy.minDiamonds) {
    return refuse('redemption_below_minimum', { minimum: String(policy.minDiamonds) });
  }
  const left = policy.maxDiamonds - askedLately(earnings, now);
  if (diamonds > left) {
    const maximum = String(policy.maxDiamonds);
    return refuse('redemption_above_maximum', { maximum, left: String(Math.max(0, left)) });
  }
  const available = balanceOf(earnings, terms.settlement).available / millidiamondsPerDiamond;
  if (BigInt(diamonds) > available) return refuse('too_few_diamonds', { available: String(available) });
  const quote = quoteOf(diamonds, rate, chargesOf(currency, standing, policy, now));
  return quote ? { refused: false, quote, method } : refuse('redemption_leaves_nothing');
};

export type Asked = Event<'RedemptionRequested' | 'RedemptionPutInReview' | 'RedemptionApproved'>;

/** The request made under an idempotency key, whatever has become of it. */
export const findByKey = ({ redemptions }: Earnings, key: string): Redemption | undefined => {
  for (const redemption of redemptions.values()) if (redemption.key === key) return redemption;
  return undefined;
};

/**
 * Takes diamonds out of what is available, at the rate of this moment, and approves them by policy or puts
 * them before an operator. A repetition of a request decides nothing, before any refusal is considered:
 * `findByKey` then says what became of it.
 */
export const requestRedemption = (
  command: RequestRedemption,
  earnings: Earnings,
  terms: RedemptionTerms,
): Decision<Asked, Refusal> => {
  const { redemption, key, creator, by } = command;
  const known = findByKey(earnings, key) ?? earnings.redemptions.get(redemption);
  if (known) {
    const { diamonds, currency } = known.quote;
    const same = known.key === key && diamonds === command.diamonds && currency === command.currency;
    return same ? nothing : refuse('redemption_key_taken');
  }
  const offer = offerRedemption(command, earnings, terms);
  if (offer.refused) return offer;
  const at = Math.max(command.now, earnings.at);
  const { provider, reference } = offer.method;
  const of = { creator, redemption };
  const data = { ...of, key, quote: offer.quote, method: { provider, reference }, by, at };
  const requested = { type: 'RedemptionRequested', data } as const;
  const reasons = reasonsForReview(offer, earnings, terms, at);
  return reasons.length > 0
    ? accept<Asked>(requested, { type: 'RedemptionPutInReview', data: { ...of, reasons, at } })
    : accept<Asked>(requested, { type: 'RedemptionApproved', data: { ...of, by: 'policy', at } });
};

/** Why an operator is to look at a request; empty where it is small and ordinary. */
const reasonsForReview = (
  { quote, method }: Offer,
  earnings: Earnings,
  { standing, policy }: RedemptionTerms,
  now: number,
): string[] => {
  const reasons: string[] = [];
  const lately = askedLately(earnings, now) + quote.diamonds;
  if (lately > policy.reviewAboveDiamonds) {
    reasons.push(`${lately} diamonds within 24 hours are more than ${policy.reviewAboveDiamonds}`);
  }
  const violations = violationsOf(standing).length;
  if (violations > 0) reasons.push(`violations recorded: ${violations}`);
  const cameBack = [...earnings.redemptions.values()].some(
    (earlier) =>
      (earlier.status === 'failed' || earlier.status === 'returned') &&
      earlier.method.provider === method.provider &&
      earlier.method.reference === method.reference,
  );
  if (cameBack) reasons.push('an earlier payout by this method came back');
  return reasons;
};
