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
  /** Field: a creator. Amounts: millidiamonds. Ranked. */
  creatorBoard: (window: Window, at: number) => `creator-board:${window}:${windowStart(window, at)}`,
  /** Field: a viewer. Amounts: coins. Ranked. */
  gifterBoard: (window: Window, at: number) => `gifter-board:${window}:${windowStart(window, at)}`,
} as const;

export const liveFields = {
  /** Amounts: coins, gifts, millidiamonds. */
  all: 'all',
  /** Followed by a gift's id. Amounts: gifts, coins. */
  giftPrefix: 'gift:',
  /** Value: where in the log the live begins. */
  begins: 'begins',
} as const;
