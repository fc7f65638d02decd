import type { AsOf, LiveFeed, LiveSnapshot, LiveTick, ShownBooking } from '@carat/protocol';

/** What a live stands at: totals as of one place in the log, and its board as of another. */
export type LiveNumbers = LiveTick;

type Position = string | null;

/** Orders places in the log: decimal digits without leading zeros, null before all of them. */
export const comparePositions = (one: Position, other: Position): number => {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? -1 : 1;
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : 1;
};

/** Whether what is as of `next` replaces what is shown: a later place, or another generation. */
const supersedes = (next: AsOf, shown: AsOf): boolean =>
  next.generation !== shown.generation || comparePositions(next.position, shown.position) > 0;

/** The numbers of a snapshot, where the read models could be read. */
export const numbersOf = ({ live, ended, numbers }: LiveSnapshot): LiveNumbers | undefined =>
  numbers === null ? undefined : { live, ended, ...numbers };

/**
 * The numbers to show after `next` came: within one generation neither totals nor board ever go back, another
 * generation replaces all. The same object where nothing is new.
 */
export const fresher = (shown: LiveNumbers | undefined, next: LiveNumbers): LiveNumbers => {
  if (!shown || next.asOf.generation !== shown.asOf.generation) return next;
  const totals = supersedes(next.asOf, shown.asOf) ? next : shown;
  const board = supersedes(next.board.asOf, shown.board.asOf) ? next.board : shown.board;
  const ended = shown.ended || next.ended;
  if (totals === shown && board === shown.board && ended === shown.ended) return shown;
  return { ...totals, board, ended };
};

/** How far a feed was handed on. */
export type FeedPlace = {
  /** As of which all was told. */
  readonly asOf: AsOf;
  /** The last booking handed on. */
  readonly last: Position;
};

export type FeedPart = {
  bookings: ShownBooking[];
  /** True where bookings before these may not have been seen: they come from the API's feed. */
  gap: boolean;
};

/** What is new in a feed, each booking once, and how far it then was handed on. */
export const continueFeed = (
  place: FeedPlace | undefined,
  { asOf, after, bookings }: LiveFeed,
): { place: FeedPlace; part: FeedPart } => {
  const end = bookings.at(-1)?.position ?? null;
  if (!place) return { place: { asOf, last: end }, part: { bookings, gap: false } };
  if (place.asOf.generation !== asOf.generation) {
    const gap = after === null || (after !== place.last && after !== place.asOf.position);
    return { place: { asOf, last: end }, part: { bookings, gap } };
  }
  // A booking may come later than numbers that count it, so only bookings tell which ones were handed on.
  const fresh = bookings.filter(({ position }) => comparePositions(position, place.last) > 0);
  const gap = after === null || comparePositions(after, place.asOf.position) > 0;
  return {
    place: {
      asOf: supersedes(asOf, place.asOf) ? asOf : place.asOf,
      last: fresh.at(-1)?.position ?? place.last,
    },
    part: { bookings: fresh, gap },
  };
};

/** The place after a reconnect: without any feed so far, it goes on from the numbers that were known. */
export const resumeFeed = (
  place: FeedPlace | undefined,
  numbers: LiveNumbers | undefined,
): FeedPlace | undefined => place ?? (numbers && { asOf: numbers.asOf, last: null });
