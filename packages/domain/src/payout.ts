import type { Refusal } from '@carat/protocol';
import { accept, type Decision, nothing, type Refused, refuse } from './decision.ts';
import type { Earnings, Redemption } from './earnings.ts';
import type { Event } from './events.ts';
import { refuseStanding } from './redemption.ts';
import type { Standing } from './standing.ts';

/** A payout is sent within this time of its start, or never: the key may be forgotten over there later. */
export const maxSendDelayMs = 3_600_000;

/**
 * What makes a redemption's payout one payout at the provider, however often it is asked for: the same for
 * every attempt. At most 165 characters, as redemptions are named by UUIDs.
 */
export const payoutKeyOf = (creator: string, redemption: string): string => `${creator}/${redemption}`;

/** The redemption that a key is of; undefined where Carat makes no such key. */
export const parsePayoutKey = (
  key: string,
): { readonly creator: string; readonly redemption: string } | undefined => {
  const [creator = '', redemption = '', ...more] = key.split('/');
  return creator === '' || redemption === '' || more.length > 0 ? undefined : { creator, redemption };
};

export type StartPayout = { readonly creator: string; readonly redemption: string; readonly now: number };

/**
 * Says that a payout is about to be sent. Only the process whose append of this event succeeded may send it:
 * all others find the redemption started, and are refused. What stands against the creator by now stops it,
 * and so does a payout method that is no longer the one of the request: it may have been stolen.
 */
export const startPayout = (
  { creator, redemption, now }: StartPayout,
  earnings: Earnings,
  standing: Standing,
): Decision<Event<'PayoutStarted'>, Refusal> => {
  const known = earnings.redemptions.get(redemption);
  if (known === undefined) return refuse('redemption_unknown');
  if (known.status !== 'approved') return refuse('redemption_too_late');
  const at = Math.max(now, earnings.at);
  const refused = refuseStanding(standing, at);
  if (refused) return refused;
  const { provider, reference } = known.method;
  if (standing.method?.provider !== provider || standing.method.reference !== reference) {
    return refuse('payout_method_changed');
  }
  const key = payoutKeyOf(creator, redemption);
  return accept({ type: 'PayoutStarted', data: { creator, redemption, key, provider, at } });
};

/** Whether whoever started a payout may still send it: to be asked right before. */
export const maySend = ({ status, payout }: Redemption, now: number): boolean =>
  status === 'started' && payout !== null && now < payout.startedAt + maxSendDelayMs;

/**
 * What a provider says of a payout that the log knows otherwise: an answer to nobody, but a difference that
 * reconciliation names and an operator must look at.
 */
export type PayoutFault = 'payout_not_started' | 'payout_contradicts_log' | 'payout_may_still_be_made';

type Told<T extends PayoutOutcome['type']> = Decision<Event<T>, PayoutFault>;
type PayoutOutcome = Event<'PayoutSent' | 'PayoutPaid' | 'PayoutFailed' | 'PayoutReturned'>;

/** What a provider tells of a payout, in an answer, a webhook or its list. */
export type Outcome = {
  readonly creator: string;
  readonly redemption: string;
  readonly now: number;
} & (
  | {
      readonly outcome: 'sent' | 'paid';
      readonly reference: string;
      /** Where it is the name of the provider's list, which is no other payout's for being another. */
      readonly referenceFrom?: 'list';
    }
  | {
      readonly outcome: 'failed' | 'returned';
      readonly reason: string;
      readonly reference?: string | null;
      readonly referenceFrom?: 'list';
    }
);

const fault = (refusal: PayoutFault): Refused<PayoutFault> => ({ refused: true, refusal });

/**
 * Books what a provider tells. It is told again, late and out of order: what the log knows already, or knows
 * to have been overtaken, decides nothing. A payout that was given up as not made and that the provider then
 * tells of has been made after all, and is booked, so that it is never started again; where it tells that it
 * failed, nothing was paid, as was thought.
 */
export const bookOutcome = (told: Outcome, earnings: Earnings): Told<PayoutOutcome['type']> => {
  const known = earnings.redemptions.get(told.redemption);
  if (known === undefined || known.payout === null) return fault('payout_not_started');
  if (isOtherName(told, known)) return fault('payout_contradicts_log');
  switch (placeOf(told.outcome, known)) {
    case 'known':
      return nothing;
    case 'impossible':
      return fault('payout_contradicts_log');
    case 'new':
      return accept(eventOf(told, known, Math.max(told.now, earnings.at)));
  }
};

/** Whether two names are of one kind, and differ: only then are two payouts meant. */
const isOtherName = (told: Outcome, { reference, isListName }: Redemption): boolean => {
  if (reference === null || (told.reference ?? null) === null) return false;
  return (told.referenceFrom === 'list') === isListName && told.reference !== reference;
};

const placeOf = (outcome: Outcome['outcome'], { status }: Redemption): 'new' | 'known' | 'impossible' => {
  switch (status) {
    case 'started':
      return 'new';
    case 'approved':
      return outcome === 'sent' || outcome === 'paid' ? 'new' : 'known';
    case 'sent':
      return outcome === 'sent' ? 'known' : 'new';
    case 'paid':
      if (outcome === 'returned') return 'new';
      return outcome === 'failed' ? 'impossible' : 'known';
    case 'returned':
      return 'known';
    case 'failed':
      return outcome === 'paid' ? 'impossible' : 'known';
    default:
      return outcome === 'failed' || outcome === 'returned' ? 'known' : 'impossible';
  }
};

const eventOf = (told: Outcome, known: Redemption, at: number): PayoutOutcome => {
  const of = { creator: told.creator, redemption: told.redemption, at };
  switch (told.outcome) {
    case 'sent':
      return { type: 'PayoutSent', data: { ...of, ...nameFor(told, known) } };
    case 'paid':
      return { type: 'PayoutPaid', data: { ...of, ...nameFor(told, known) } };
    case 'failed':
      return { type: 'PayoutFailed', data: { ...of, reason: told.reason } };
    case 'returned':
      return { type: 'PayoutReturned', data: { ...of, reason: told.reason } };
  }
};

/** The name by which the provider answers is kept, whatever its list says later. */
const nameFor = (
  { reference, referenceFrom }: { readonly reference: string; readonly referenceFrom?: 'list' },
  known: Redemption,
): { reference: string; referenceFrom?: 'list' } => {
  if (referenceFrom === undefined) return { reference };
  const isKnown = known.reference !== null && !known.isListName;
  return isKnown ? { reference: known.reference } : { reference, referenceFrom };
};

/** A complete list of the provider's does not hold the payout. */
export type MissPayout = {
  readonly creator: string;
  readonly redemption: string;
  readonly reason: string;
  /** For how long the provider knows a key, and how much longer a call may be under way. */
  readonly memoryMs: number;
  readonly marginMs: number;
  readonly now: number;
};

/**
 * Gives up a payout as not made: it is approved again, and may be started anew. Never before the provider's
 * memory and a margin have passed, and never once the provider has told of it.
 */
export const giveUpPayout = (
  { creator, redemption, reason, memoryMs, marginMs, now }: MissPayout,
  earnings: Earnings,
): Decision<Event<'PayoutNotMade'>, PayoutFault> => {
  const known = earnings.redemptions.get(redemption);
  if (known === undefined || known.payout === null) return fault('payout_not_started');
  if (known.status === 'approved') return nothing;
  if (known.status !== 'started') return fault('payout_contradicts_log');
  const earliest = known.payout.startedAt + Math.max(memoryMs, maxSendDelayMs) + marginMs;
  if (now < earliest) return fault('payout_may_still_be_made');
  return accept({
    type: 'PayoutNotMade',
    data: { creator, redemption, reason, at: Math.max(now, earnings.at) },
  });
};

/** Every call that was made since the start certainly paid nothing, or there was none. */
export type WithdrawPayout = {
  readonly creator: string;
  readonly redemption: string;
  /** Of the very start that whoever withdraws it has appended. */
  readonly startedAt: number;
  readonly reason: string;
  /** How long ago that was, in ms by a clock that nobody sets, and until when nobody else may call. */
  readonly sinceStartMs: number;
  readonly soleMs: number;
  readonly now: number;
};

/**
 * Takes a start back: the payout is approved again, and may be started anew. To be decided only by the
 * process that appended the start, while it is the only one that may call by it, and once each of its calls
 * has ended as one that certainly paid nothing. So no call is under way, none that may have paid was made,
 * and whoever wants to make one must append a start of its own first, which then stands after this. A crash
 * before this is appended leaves the payout started, which promises nothing.
 */
export const withdrawPayout = (
  { creator, redemption, startedAt, reason, sinceStartMs, soleMs, now }: WithdrawPayout,
  earnings: Earnings,
): Decision<Event<'PayoutNotMade'>, PayoutFault> => {
  const known = earnings.redemptions.get(redemption);
  if (known === undefined || known.payout === null) return fault('payout_not_started');
  if (known.payout.startedAt !== startedAt) return fault('payout_contradicts_log');
  if (known.status === 'approved') return nothing;
  if (known.status !== 'started') return fault('payout_contradicts_log');
  if (sinceStartMs >= soleMs) return fault('payout_may_still_be_made');
  return accept({
    type: 'PayoutNotMade',
    data: { creator, redemption, reason, at: Math.max(now, earnings.at) },
  });
};
