import type { AsOf, LiveFeed, MissedPage, ShownBooking } from '@carat/protocol';
import type { Limits } from './limits.ts';
import { comparePositions } from './numbers.ts';

/** Bookings, each handed on once, in log order. */
export type FeedPart = {
  bookings: ShownBooking[];
  /**
   * True where bookings before these may not have been seen and cannot be had: go by the totals. Where the
   * log was restored to an earlier place, those after the gap begin there.
   */
  gap: boolean;
};

export type FeedHooks = {
  readonly hand: (part: FeedPart) => void;
  /** The page after this place is wanted; `page` is to be called with it. One is wanted at a time. */
  readonly ask: (after: string) => void;
};

/** No booking stands at the first place of a log: that is where the log itself begins. */
const beforeAllBookings = '0';

/**
 * Makes one run out of what comes of a live: parts as they are sent, and pages of what was missed, over any
 * number of connections. Sockets and timers are its caller's. Where it stands it knows by the bookings alone:
 * numbers may be as of a later place than the bookings that have come so far.
 */
export class Feed {
  readonly #hooks: FeedHooks;
  readonly #maxHeld: number;
  #state: 'waiting' | 'catching_up' | 'live' = 'waiting';
  #begun = false;
  /** All bookings up to here were handed on, or are in the first snapshot's totals. */
  #place: string | undefined;
  /** Of what was told last. */
  #generation: string | undefined;
  /** Parts that came while pages were read, and how many of them came before the last one was asked for. */
  #held: LiveFeed[] = [];
  #heldBookings = 0;
  #covered = 0;
  #asked = beforeAllBookings;
  /** More came meanwhile than is held, or of a log that may be another: only pages can tell what it was. */
  #letGo = false;

  constructor(hooks: FeedHooks, { bookingsHeld }: Pick<Limits, 'bookingsHeld'>) {
    this.#hooks = hooks;
    this.#maxHeld = bookingsHeld;
  }

  get state(): 'waiting' | 'catching_up' | 'live' {
    return this.#state;
  }

  /** The connection is gone: what is missed from here on, pages tell after the next snapshot. */
  lost(): void {
    this.#state = 'waiting';
    this.#forgetHeld();
    this.#letGo = false;
  }

  /** A snapshot came, with totals as of this place; undefined where they are unknown. */
  begin(asOf: AsOf | undefined): void {
    const again = this.#begun;
    this.#begun = true;
    this.#generation = asOf?.generation ?? this.#generation;
    if (this.#place !== undefined) return this.#ask(this.#place);
    if (asOf) this.#place = asOf.position ?? beforeAllBookings;
    // It was never known from where on bookings should have come.
    if (again) this.#hooks.hand({ bookings: [], gap: true });
    this.#takeHeld();
  }

  /** Bookings came as they are sent to all. */
  part(part: LiveFeed): void {
    const isRewound = this.#isRewound(part);
    this.#generation = part.asOf.generation;
    if (this.#state !== 'live') {
      this.#hold(part);
      this.#letGo ||= isRewound;
    } else if (!isRewound && this.#continues(part)) this.#handOn(part.bookings);
    else {
      this.#hold(part);
      this.#ask(this.#place ?? beforeAllBookings);
    }
  }

  /** The page that was asked for came. */
  page({ bookings, gap, more, next }: MissedPage): void {
    const place = this.#place;
    // The log was restored to before what was handed on: bookings are counted from there again.
    const isRewound = gap && place !== undefined && comparePositions(next, place) < 0;
    if (isRewound) this.#place = undefined;
    const stuck = more && !isRewound && comparePositions(next, this.#asked) <= 0;
    this.#handOn(bookings, gap || stuck);
    if (isRewound) this.#place = next;
    if (more && !stuck) this.#ask(next);
    else this.#takeHeld();
  }

  /** The page that was asked for is not to be had: what was missed stays so. */
  refused(): void {
    this.#covered = this.#held.length;
    this.#handOn([], true);
    this.#takeHeld();
  }

  #ask(after: string): void {
    this.#state = 'catching_up';
    this.#asked = after;
    this.#covered = this.#held.length;
    this.#hooks.ask(after);
  }

  /**
   * Takes up the parts that came meanwhile. What lies before a part that came before the last page was asked
   * for is in that page; before a later one more may be missing, so that another page is asked for.
   */
  #takeHeld(): void {
    for (let part = this.#held[0]; part; part = this.#held[0]) {
      if (this.#covered <= 0 && !this.#continues(part)) return this.#ask(this.#place ?? beforeAllBookings);
      this.#covered -= 1;
      this.#held.shift();
      this.#heldBookings -= weight(part);
      this.#handOn(part.bookings);
    }
    this.#state = 'live';
    if (!this.#letGo) return;
    this.#letGo = false;
    if (this.#place !== undefined) this.#ask(this.#place);
  }

  #hold(part: LiveFeed): void {
    this.#held.push(part);
    this.#heldBookings += weight(part);
    if (this.#heldBookings <= this.#maxHeld) return;
    this.#forgetHeld();
    this.#letGo = true;
  }

  #forgetHeld(): void {
    this.#held = [];
    this.#heldBookings = 0;
    this.#covered = 0;
  }

  /** Whether it looks as if the log was restored to before what was handed on: only a page can tell. */
  #isRewound({ asOf: { generation, position } }: LiveFeed): boolean {
    const isAnother = this.#generation !== undefined && generation !== this.#generation;
    return isAnother && this.#place !== undefined && comparePositions(position, this.#place) < 0;
  }

  /** Whether nothing can lie between what was handed on and this. */
  #continues({ after }: LiveFeed): boolean {
    return this.#place === undefined || (after !== null && comparePositions(after, this.#place) <= 0);
  }

  #handOn(bookings: readonly ShownBooking[], gap = false): void {
    const place = this.#place;
    const fresh =
      place === undefined
        ? [...bookings]
        : bookings.filter(({ position }) => comparePositions(position, place) > 0);
    this.#place = fresh.at(-1)?.position ?? place;
    if (fresh.length > 0 || gap) this.#hooks.hand({ bookings: fresh, gap });
  }
}

/** A part without bookings takes room too. */
const weight = ({ bookings }: LiveFeed): number => Math.max(1, bookings.length);
