import type { http } from '@carat/protocol';

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
  /** Field: a creator. Amounts: millidiamonds. Ranked. */
  creatorBoard: (window: http.BoardWindow, at: number) =>
    `creator-board:${window}:${windowStart(window, at)}`,
  /** Field: a viewer. Amounts: coins. Ranked. */
  gifterBoard: (window: http.BoardWindow, at: number) => `gifter-board:${window}:${windowStart(window, at)}`,
} as const;

export const liveFields = {
  /** Amounts: coins, gifts, millidiamonds. */
  all: 'all',
  /** Followed by a gift's id. Amounts: gifts, coins. */
  giftPrefix: 'gift:',
  /** Value: where in the log the live begins. */
  begins: 'begins',
} as const;

const hour = 3_600_000;
const day = 24 * hour;
const week = 7 * day;
/** 1970 began on a Thursday: three days into its ISO week. */
const weekOffset = 3 * day;

/** When the window that holds the instant began, in ms since 1970 (UTC; ISO weeks begin on Monday). */
export const windowStart = (window: http.BoardWindow, at: number): number => {
  switch (window) {
    case 'hour':
      return at - (at % hour);
    case 'day':
      return at - (at % day);
    case 'week':
      return at - ((at + weekOffset) % week);
    case 'all':
      return 0;
  }
};
