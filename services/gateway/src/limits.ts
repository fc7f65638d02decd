import { getHeapStatistics } from 'node:v8';

/** What a remembered combo takes at most, `npm run bench -- combos`. */
const bytesPerCombo = 150;

/** Every bound of the gateway; what goes beyond is refused, never kept. */
export const limits = {
  /** Claims of one socket that wait for their answer. */
  maxClaimsInFlightPerViewer: 64,
  maxClaimsInFlightPerService: 5_000,
  /** What one socket may say, invalid messages too; beyond it, it is read from more slowly. */
  maxMessagesPerSecond: 500,
  maxServiceMessagesPerSecond: 20_000,
  /** A viewer may claim as much at once as in this time. */
  claimBurstSeconds: 2,
  /**
   * So many times what an address may have, also counting connections that never said who they are, are
   * let in to be told that they are too many; beyond it they are not answered.
   */
  maxUnadmittedFactor: 2,
  tooManyConnectionsRetryMs: 5_000,
  /**
   * A client that was too fast is not read from for so long at most, so that its pongs still come in time.
   */
  maxReadPauseMs: 2_000,
  /**
   * Packets that may wait for a client, beside the answers it is owed, before it is disconnected as too slow.
   */
  maxUnsentPackets: 256,
  /** The same in bytes, those that have left the queue for TCP but were not sent among them. */
  maxUnsentBytesPerClient: 2 * 1_024 * 1_024,
  /** Of that as much is kept free for what comes between two looks. */
  unsentBytesBetweenLooks: 512 * 1_024,
  slowClientsEveryMs: 250,
  /** At the end clients are sent away in slices within this time, less than a shutdown's step may take. */
  sendAwayMs: 2_500,
  sendAwaySliceMs: 50,
  /** Clients in a slice at least: a few all go at once. */
  minSentAwayAtOnce: 20,
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
  /**
   * Of all wallets together, which may take half of the heap. Beyond it wallets in use are forgotten and have
   * to be read again, so it should hold what comes within the 16 minutes for which combos are remembered.
   */
  maxCombosRemembered: Math.floor(getHeapStatistics().heap_size_limit / 2 / bytesPerCombo),
  /** Wallets looked at in one go, some 0.3 ms, and how often: 10,000 in a second. */
  walletsAtOnce: 500,
  lookAtWalletsEveryMs: 50,
  maxLives: 20_000,
  maxUnknownLives: 2_000,
  /** Blocked viewers of all lives that are kept; beyond it lives read least lately are forgotten. */
  maxBlockedKept: 1_000_000,
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
  /** Bytes that may wait for a client before values are dropped for it. */
  maxUnsentBytes: 65_536,
  connectTimeoutMs: 10_000,
  /** Lives that one socket watches at once. */
  maxWatchedPerSocket: 32,
  creatorTickMs: 100,
  viewerTickMs: 250,
  /** Ticks become longer while the event loop is later than this, up to `maxTickMs`. */
  stretchAboveLagMs: 50,
  maxTickMs: 1_000,
  lagEveryMs: 1_000,
  lagResolutionMs: 20,
  repeatValuesEveryMs: 1_000,
  repeatValuesForMs: 10_000,
  boardEntries: 10,
  boardEveryMs: 500,
  /** Bookings of one message, of those shown on a tick as of those that a client has missed. */
  maxBookingsPerPart: 1_000,
  maxBytesPerPart: 128 * 1_024,
  /** Bookings of one live kept for clients that have missed some; older ones are read from Redis. */
  keptMs: 30_000,
  maxKeptBookings: 20_000,
  maxKeptBytes: 4 * 1_024 * 1_024,
  maxKeptBytesInAll: 256 * 1_024 * 1_024,
  dropKeptEveryMs: 1_000,
  /** Pages of missed bookings that are read from Redis at once, and those of them for one socket. */
  maxMissedReads: 64,
  maxMissedReadsPerSocket: 4,
  missedAgainAfterMs: 250,
  /** Pages that the gateway itself reads of one live after messages were lost; what is beyond is a gap. */
  maxHealedPages: 20,
  /** Lives that are read at once after messages were lost. */
  maxHealedAtOnce: 32,
  /** What was missed and could not be read is tried again after so long. */
  healAgainMs: 1_000,
} as const;
