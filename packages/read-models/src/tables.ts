import { type Window, windowStart } from '@carat/protocol';

const feedPrefix = 'feed:';
export const liveOfFeed = (feed: string): string => feed.slice(feedPrefix.length);

/**
 * Where the read models keep their numbers: the names of their tables and fields. The projections write under
 * these names, the reader looks for them; this package knows no more about them.
 */
export const tables = {
  /** Field: a creator. Amounts: millidiamonds, coins, gifts. */
  earnings: 'earnings',
  /** Fields: `liveFields`. */
  liveTotals: (live: string) => `live-totals:${live}`,
  /** Field: a viewer. Amounts: coins. Ranked. */
  liveBoard: (live: string) => `live-board:${live}`,
  feed: (live: string) => `${feedPrefix}${live}`,
  /** By the hour, ms since 1970. Fields: `minuteField`. Amounts: coins, gifts, millidiamonds. */
  liveMinutes: (minute: number) => `live-minutes:${minute - (minute % 3_600_000)}`,
  /** By when the day of UTC began, ms since 1970. Field: a creator. Amounts: coins, gifts, millidiamonds. */
  creatorDays: (day: number) => `creator-days:${day}`,
  /** Field: a live. Amounts: when it was started. Ranked. */
  creatorLives: (creator: string) => `creator-lives:${creator}`,
  /** Fields: `booked`. Amounts: coins, gifts, millidiamonds. */
  ledger: 'ledger',
  /** Field: a creator. Amounts: millidiamonds. Ranked. */
  creatorBoard: (window: Window, at: number) => `creator-board:${window}:${windowStart(window, at)}`,
  /** Field: a viewer. Amounts: coins. Ranked. */
  gifterBoard: (window: Window, at: number) => `gifter-board:${window}:${windowStart(window, at)}`,
  /** Of an operator. Field: a viewer or a creator. Amounts: coins or millidiamonds. Ranked. */
  definedBoard: (window: Window, at: number) => `ranking:${window}:${windowStart(window, at)}`,
} as const;

export const liveFields = {
  /** Amounts: coins, gifts, millidiamonds. */
  all: 'all',
  /** Followed by a gift's id. Amounts: gifts, coins. */
  giftPrefix: 'gift:',
  /** Value: where in the log the live begins. */
  begins: 'begins',
  /** Value: the live's title, where it has one. */
  title: 'title',
} as const;

/** By when a minute began, ms since 1970, and the live. */
export const minuteField = (minute: number, live: string): string => `${minute}:${live}`;

/** The one field of the ledger: all that the unit has booked. */
export const ledgerField = 'booked';
