/** Bounds of looking back; each name carries its unit. */
export const limits = {
  /** Events of the log looked at in one read; whatever else the process does goes on in between. */
  pageEvents: 2_000,
  /** Events of one stream read at once. */
  streamPageEvents: 1_000,
  /** An all-time table is kept as it stood after each so many events of wallets. */
  dumpEveryEvents: 1_000_000,
  /** Rows of such a table that are written and read at once. */
  chunkRows: 1_000,
  /** Dumps of one table; beyond it the oldest is dropped, as it spares least. */
  maxDumps: 20,
  dumpSeconds: 30 * 24 * 3_600,
  /** Rows that an answer may hold in memory: about 300 bytes each. */
  maxRows: 3_000_000,
  maxBoardEntries: 1_000,
  /**
   * How far the clocks of two processes that write may be apart, with room to spare: each stops writing
   * when it is more than a minute from the others.
   */
  clockMarginMs: 5 * 60_000,
  /** Events of the log looked at in one read by who follows it. */
  followPageEvents: 10_000,
  /** How often who follows the log looks whether it is still the one it was. */
  swapLookMs: 1_000,
  /** Redemptions on their way that a process remembers, about 1 kB each. */
  maxOpenRedemptions: 100_000,
  /** Payouts of a provider's list that are compared with the log at once, about 500 bytes each. */
  maxReconciledPayouts: 500_000,
  /** A unit that is so many events behind needs attention. */
  faultyBehindEvents: 20_000,
  /** An event that is not sealed after so long says that nobody seals. */
  maxUnsealedMs: 60_000,
  /** However long stragglers are waited for, a day is closed by then: so long after its end. */
  maxUnclosedMs: 13 * 3_600_000,
  /** A closed day that is not settled after so long says that nobody settles. */
  maxUnsettledMs: 3_600_000,
} as const;
