/** Every bound of the gateway; what goes beyond is refused, never kept. */
export const limits = {
  /** Claims of one socket that wait for their answer. */
  maxClaimsInFlightPerViewer: 64,
  maxClaimsInFlightPerService: 5_000,
  /** What one socket may say, invalid messages too; beyond it, it is read from more slowly. */
  maxMessagesPerSecond: 500,
  maxServiceMessagesPerSecond: 20_000,
  /**
   * A client that was too fast is not read from for so long at most, so that its pongs still come in time.
   */
  maxReadPauseMs: 2_000,
  /**
   * Packets that may wait for a client, beside the answers it is owed, before it is disconnected as too slow.
   */
  maxUnsentPackets: 256,
  slowClientsEveryMs: 1_000,
  /** Claims of one wallet that wait to be decided. */
  maxClaimsWaitingPerWallet: 1_000,
  /** Claims of all wallets that wait for their answer. */
  maxClaimsWaiting: 50_000,
  /** Claims decided together, so events in one append. */
  maxClaimsPerAppend: 100,
  /** Races for one wallet that a claim may lose before it is refused. */
  maxConflicts: 20,
  /** A refusal waits for a read of the wallet; one such read per wallet and this time. */
  walletReadEveryMs: 250,
  maxWallets: 100_000,
  maxCombosRemembered: 2_000_000,
  makeRoomEveryMs: 1_000,
  maxLives: 20_000,
  maxUnknownLives: 2_000,
  /** Lives asked for that do not exist are remembered this long, so asking for them costs little. */
  unknownLiveMs: 250,
  pageEvents: 1_000,
  /** How often the log is followed at most, and at least. */
  followEveryMs: 100,
  followAtLeastEveryMs: 1_000,
  /** Without word from the log for this long, nothing is decided on old lives, prices and rates. */
  maxSilenceMs: 5_000,
  retryAfterMs: 1_000,
  drainLookEveryMs: 10,
  maxMessageBytes: 16_384,
  /** Bytes that may wait for a client before it counts as slow. */
  maxUnsentBytes: 65_536,
  connectTimeoutMs: 10_000,
  /** Lives that one socket watches at once. */
  maxWatchedPerSocket: 32,
  creatorTickMs: 100,
  viewerTickMs: 250,
  repeatValuesEveryMs: 1_000,
  repeatValuesForMs: 10_000,
  boardEntries: 10,
  boardEveryMs: 500,
  /** Bookings kept for the next tick of one live; beyond it the feed goes on from Redis. */
  maxBookingsPerTick: 1_000,
  /** Pages of missed bookings read for one live at most. */
  maxMissedPages: 10,
  /** Messages of the read models kept while missed ones are read. */
  maxHeldMessages: 200,
  /** Without a message of the read models for this long, their totals are read. */
  maxUnitSilenceMs: 2_000,
} as const;
