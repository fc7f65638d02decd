/** Every bound of the command line. */
export const limits = {
  /**
   * A terminal and npm deliver the same Ctrl-C; only one that comes so much later means that nothing is to be
   * ended in order any more.
   */
  sameSignalMs: 2_000,

  /** One line of a gift log; the longest header that the format allows fits. */
  maxLineBytes: 16 * 1024 * 1024,
  maxFrames: 2_000_000,

  /**
   * Sockets of viewers open at once. Above `maxFramesUnderWay`, so that one without work can always be
   * closed.
   */
  maxSockets: 2_000,
  /** Sockets being opened at once: each costs the gateway a token check and the load of a wallet. */
  maxSocketsOpening: 64,
  /** Frames due but not yet answered, over all viewers. */
  maxFramesUnderWay: 1_000,
  /** How long opening a socket is tried again before the run is given up. */
  maxConnectMs: 60_000,
  /** How long a claim may go unanswered, outages included, before it counts as refused. */
  maxClaimMs: 180_000,
  /**
   * A log's combo that is older than this goes on under a new id: the gateway takes ids up to 15 minutes old.
   */
  newComboAfterMs: 10 * 60_000,
  /** Longest single wait for a frame that is due later, in ms; timers cannot wait longer than 24 days. */
  maxPauseMs: 3_600_000,

  /** Makes the live id of a run unique. */
  runIdBytes: 6,
  /** Gateways, and projectors, of a throw-away system. */
  maxProcesses: 16,

  /** HTTP requests at once, per kind of thing that is prepared for a run. */
  maxRequestsAtOnce: 16,
  requestTimeoutMs: 10_000,
  /** How long a request that the api cannot answer is sent again. */
  maxRequestMs: 30_000,
  requestRetryMs: 250,
  /** How long ending the live of a run that broke off may take. */
  maxFarewellMs: 2_000,
  tokenSeconds: 24 * 3_600,

  /** The read models may stand still for this long before waiting for them is given up. */
  maxStandstillMs: 60_000,
  catchUpPollMs: 50,

  /** Events of the log read at once, and what is read of Redis in one step. */
  pageEvents: 5_000,
  scanFields: 1_000,
  scanEntries: 100,
  /** How long numbers that are not whole are waited for. */
  maxRebuildMs: 60_000,
  rebuildPollMs: 250,
  /** A rebuild of which nothing was heard for so long has nobody at work on it. */
  maxRebuildSilenceMs: 15_000,
  /** How long an event store that is a server may be away before a command gives up. */
  maxStoreWaitMs: 2_000,
  redisConnectMs: 3_000,
  /** A Redis that hangs is as good as one that is away. */
  redisCommandMs: 5_000,
  redisRetries: 3,
  redisRetryMs: 300,

  /** Events of a stream that are shown unless one says how many, and the most that are shown at once. */
  inspectEvents: 20,
  maxInspectEvents: 1_000,
  /** Events that a tail begins with, and how far back in the log they are looked for. */
  tailEvents: 10,
  maxLookBackEvents: 100_000,
  /** Events that a unit is behind are counted up to here. */
  maxBehindEvents: 20_000,
  /** How long a unit that is behind is watched for whether it moves on. */
  keepUpMs: 3_000,
  /**
   * How far a gift's own time and the time of a seal beside it may lie apart: clocks that differ by a minute
   * are refused, so this is ample.
   */
  clockSlackMs: 3_600_000,

  /** A rate that was set so shortly before a request may not have been read by whoever decided it. */
  rateReadMs: 60_000,

  /** Days up to now that are compared with a provider's list, unless one says which. */
  reconcileDays: 7,
  /** Redemptions listed unless one says how many, and the most that are remembered: about 1 kB each. */
  listedRedemptions: 50,
  maxListedRedemptions: 200_000,

  /** How long it is waited for what comes of a unit that is stopped, and how often it is looked at. */
  maxParkMs: 10_000,
  parkPollMs: 100,
  /** How often a skip is decided anew because somebody else was faster. */
  maxSkipDecisions: 20,
  /** Likewise a board. */
  maxBoardDecisions: 20,
  /** How often it is said how far a board is that is being filled. */
  fillLineMs: 2_000,

  /** Differences told one by one; the rest is counted. */
  maxDifferences: 50,

  /** Places of a board that was, unless one says how many, and at most. */
  pastEntries: 10,
  maxPastEntries: 1_000,
  /** Bookings listed behind a number, likewise; all of them are summed up. */
  explainEntries: 50,
  maxExplainEntries: 1_000_000,
} as const;
