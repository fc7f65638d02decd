import type { redemptions } from '@carat/protocol';
import type { DayEarnings } from './day-earnings.ts';
import { accept, type Decision, nothing } from './decision.ts';
import type { EarningsEvent, Event } from './events.ts';
import type { Quote } from './payout-events.ts';
import { isAvailable, type Settlement } from './settlement.ts';

export type RedemptionStatus = redemptions.RedemptionStatus;

export type Redemption = {
  readonly redemption: string;
  /** The idempotency key of its request. */
  readonly key: string;
  readonly status: RedemptionStatus;
  readonly quote: Quote;
  readonly method: { readonly provider: string; readonly reference: string };
  readonly requestedAt: number;
  /** Why it waits, or waited, for an operator. */
  readonly reviewReasons: readonly string[];
  /** The payout started last, also where it turned out not to have been made. */
  readonly payout: { readonly key: string; readonly provider: string; readonly startedAt: number } | null;
  /** What the provider calls the payout, once it told. */
  readonly reference: string | null;
  /** Whether that is only the name of its list: see the event. */
  readonly isListName: boolean;
  /** Why it ended without having been paid, or was given back. */
  readonly reason: string | null;
};

/** What one creator earned by settled days, and what became of it. Stream: `earnings-<creatorId>`. */
export type Earnings = {
  /** Time of the last event; it never goes back. */
  readonly at: number;
  readonly days: ReadonlyMap<string, { readonly millidiamonds: bigint; readonly hash: string }>;
  /** In the order of their requests. */
  readonly redemptions: ReadonlyMap<string, Redemption>;
};

export const initialEarnings: Earnings = { at: 0, days: new Map(), redemptions: new Map() };

export const earningsEventTypes = [
  'DiamondsSettled',
  'RedemptionRequested',
  'RedemptionPutInReview',
  'RedemptionApproved',
  'RedemptionRefused',
  'RedemptionCancelled',
  'PayoutStarted',
  'PayoutNotMade',
  'PayoutSent',
  'PayoutPaid',
  'PayoutFailed',
  'PayoutReturned',
] as const;

/** The earnings after some more events; copied once, however many they are. */
export const foldEarnings = (earnings: Earnings, events: Iterable<EarningsEvent>): Earnings => {
  let { at } = earnings;
  const days = new Map(earnings.days);
  const redemptions = new Map(earnings.redemptions);
  for (const event of events) {
    at = event.data.at;
    if (event.type === 'DiamondsSettled') {
      const { day, millidiamonds, hash } = event.data;
      days.set(day, { millidiamonds: BigInt(millidiamonds), hash });
      continue;
    }
    const id = event.data.redemption;
    const next = evolveRedemption(redemptions.get(id), event);
    if (next) redemptions.set(id, next);
  }
  return { at, days, redemptions };
};

export const evolveEarnings = (earnings: Earnings, event: EarningsEvent): Earnings =>
  foldEarnings(earnings, [event]);

type RedemptionEvent = Exclude<EarningsEvent, { readonly type: 'DiamondsSettled' }>;

const evolveRedemption = (known: Redemption | undefined, event: RedemptionEvent): Redemption | undefined => {
  if (event.type === 'RedemptionRequested') {
    const { redemption, key, quote, method, at: requestedAt } = event.data;
    const open = { payout: null, reference: null, isListName: false, reason: null };
    return { redemption, key, status: 'requested', quote, method, requestedAt, reviewReasons: [], ...open };
  }
  return known && { ...known, ...changeOf(event) };
};

const changeOf = (event: Exclude<RedemptionEvent, { readonly type: 'RedemptionRequested' }>) => {
  switch (event.type) {
    case 'RedemptionPutInReview':
      return { status: 'in_review', reviewReasons: event.data.reasons } as const;
    case 'RedemptionApproved':
      return { status: 'approved' } as const;
    case 'RedemptionRefused':
      return { status: 'refused', reason: event.data.reason } as const;
    case 'RedemptionCancelled':
      return { status: 'cancelled' } as const;
    case 'PayoutStarted': {
      const { key, provider, at: startedAt } = event.data;
      return { status: 'started', payout: { key, provider, startedAt } } as const;
    }
    case 'PayoutNotMade':
      return { status: 'approved', reason: event.data.reason } as const;
    case 'PayoutSent':
      return { status: 'sent', ...nameOf(event) } as const;
    case 'PayoutPaid':
      return { status: 'paid', ...nameOf(event) } as const;
    case 'PayoutFailed':
      return { status: 'failed', reason: event.data.reason } as const;
    case 'PayoutReturned':
      return { status: 'returned', reason: event.data.reason } as const;
  }
};

const nameOf = ({ data }: Event<'PayoutSent' | 'PayoutPaid'>) => ({
  reference: data.reference,
  isListName: data.referenceFrom === 'list',
});

/** A day can't be settled where it is not closed, or was settled as something else: a defect, both. */
export type SettlementFault = 'day_not_closed' | 'day_settled_otherwise';

/** Books what a creator earned in a closed day: once per day, the same again decides nothing. */
export const settleDiamonds = (
  { gifts, coins, millidiamonds, ...earned }: DayEarnings,
  now: number,
  earnings: Earnings,
  settlement: Settlement,
): Decision<Event<'DiamondsSettled'>, SettlementFault> => {
  const settled = earnings.days.get(earned.day);
  if (settled) {
    return settled.hash === earned.hash ? nothing : { refused: true, refusal: 'day_settled_otherwise' };
  }
  if (!settlement.closed.includes(earned.day)) return { refused: true, refusal: 'day_not_closed' };
  const at = Math.max(now, earnings.at, settlement.at);
  const sums = { gifts, coins: String(coins), millidiamonds: String(millidiamonds) };
  return accept({ type: 'DiamondsSettled', data: { ...earned, ...sums, at } });
};

/** Thousandths of diamonds in a whole one. */
export const millidiamondsPerDiamond = 1_000n;

/** In thousandths of diamonds; settled = held + available + on the way + paid. */
export type Balance = Record<'settled' | 'held' | 'available' | 'onTheWay' | 'paid', bigint>;

const onTheWay: ReadonlySet<RedemptionStatus> = new Set([
  'requested',
  'in_review',
  'approved',
  'started',
  'sent',
]);

/** Whether the diamonds of a redemption are on the way to becoming money. */
export const isOnTheWay = ({ status }: Redemption): boolean => onTheWay.has(status);

/** Whether they are the creator's no more, or may soon not be: they did not come back. */
export const isTaken = (redemption: Redemption): boolean =>
  isOnTheWay(redemption) || redemption.status === 'paid';

/** How the earnings stand, given the days that are closed: a function of two streams of the log. */
export const balanceOf = (earnings: Earnings, settlement: Settlement): Balance => {
  const balance = { settled: 0n, held: 0n, available: 0n, onTheWay: 0n, paid: 0n };
  for (const [day, { millidiamonds }] of earnings.days) {
    balance.settled += millidiamonds;
    balance[isAvailable(settlement, day) ? 'available' : 'held'] += millidiamonds;
  }
  for (const redemption of earnings.redemptions.values()) {
    if (!isTaken(redemption)) continue;
    const taken = BigInt(redemption.quote.diamonds) * millidiamondsPerDiamond;
    balance.available -= taken;
    balance[redemption.status === 'paid' ? 'paid' : 'onTheWay'] += taken;
  }
  return balance;
};
