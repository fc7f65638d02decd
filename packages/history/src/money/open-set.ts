import {
  type EarningsEvent,
  evolveEarnings,
  initialEarnings,
  isOnTheWay,
  payoutKeyOf,
  type Redemption,
  type RedemptionStatus,
} from '@carat/domain';
import type { Position } from '@carat/event-store';

export type OpenStatus = Extract<
  RedemptionStatus,
  'requested' | 'in_review' | 'approved' | 'started' | 'sent'
>;

export type KnownRedemption = Redemption & { readonly creator: string };

/** A redemption that waits for somebody: an operator, a call to the provider, or what the provider tells. */
export type OpenRedemption = KnownRedemption & { readonly status: OpenStatus };

type Listener = (redemption: KnownRedemption) => void;

const isOpen = (redemption: KnownRedemption): redemption is OpenRedemption => isOnTheWay(redemption);

/** An event that says something of a redemption. */
type RedemptionEvent = Exclude<EarningsEvent, { readonly type: 'DiamondsSettled' }>;

/**
 * One redemption after an event of it, without the rest of its creator's earnings.
 * @param before undefined where it is not requested yet, or not known
 * @returns undefined where it is not known
 */
export const evolveAlone = (
  before: KnownRedemption | undefined,
  event: RedemptionEvent,
): KnownRedemption | undefined => {
  const { creator, redemption } = event.data;
  const known = { ...initialEarnings, redemptions: new Map(before && [[redemption, before]]) };
  const after = evolveEarnings(known, event).redemptions.get(redemption);
  return after && { ...after, creator };
};

/** The redemptions that are not at their end, as the events of the log so far have them; so many at most. */
export const createOpenSet = (maxOpen: number) => {
  const open = new Map<string, OpenRedemption>();
  const listeners = new Set<Listener>();
  let missed = 0;
  let missedAfter: Position | undefined;
  let taken: Position | undefined;

  const evolve = (event: EarningsEvent): void => {
    if (event.type === 'DiamondsSettled') return;
    const { creator, redemption } = event.data;
    const key = payoutKeyOf(creator, redemption);
    const before = open.get(key);
    const now = evolveAlone(before, event);
    // It was closed before, or found no room.
    if (now === undefined) return;
    if (!isOpen(now)) open.delete(key);
    else if (before !== undefined || open.size < maxOpen) open.set(key, now);
    else if (missed++ === 0) missedAfter = taken;
    for (const listener of listeners) listener(now);
  };

  return {
    open,
    listeners,
    take(event: EarningsEvent, position: Position): void {
      evolve(event);
      taken = position;
    },
    /** How many found no room. */
    get missed() {
      return missed;
    },
    /** Whether those may find room now, if all is read again after this place. */
    get missedAfter() {
      return missed > 0 && open.size < maxOpen / 2 ? { after: missedAfter } : undefined;
    },
    /** The events after a place come next. */
    goOnAfter(after: Position | undefined): void {
      missed = 0;
      taken = after;
    },
  };
};
