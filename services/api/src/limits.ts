/** Bounds of this service; each name carries its unit. */
export const limits = {
  maxBodyBytes: 16 * 1024,
  /** Of a board's definition: it may name twice `largest.boardIds` ids of 128 characters. */
  maxBoardBytes: 32 * 1024,
  /** Longer than any id, so that one that is too long is refused as `invalid` and not as an unknown route. */
  maxParamChars: 512,
  /** From a request's first byte to its last. */
  maxRequestMs: 30_000,
  /** From a request's last byte to its answer. */
  maxHandlingMs: 20_000,
  maxRequestsInFlight: 1_000,
  /** Of a token that is kept as a cookie: browsers keep 4,096 bytes with its name and attributes. */
  maxCookieChars: 3_800,

  /** Changes of one stream that wait for their turn in this process. */
  maxWaitingPerStream: 1_000,
  /** How often a change is decided anew because somebody else was faster. */
  maxDecisions: 500,
  /** What an overloaded api tells its clients to wait. */
  retryAfterMs: 1_000,

  /** Of a stream that is read whole. */
  pageEvents: 500,
  /** Of a wallet, when a combo is looked up. */
  comboPageEvents: 1_000,
  maxComboPages: 50,

  defaultPageEntries: 100,
  maxPageEntries: 1_000,
  defaultBoardEntries: 10,
  maxBoardEntries: 1_000,
  defaultLives: 20,
  maxLives: 100,
  defaultRedemptions: 20,
  maxRedemptions: 200,
  defaultSettledDays: 31,
  maxSettledDays: 366,
  defaultSettledGifts: 100,
  maxSettledGifts: 1_000,
  /** Redemptions of all creators that operators are told of at once, by state. */
  maxQueueShown: 200,
  /** Comparisons with providers that operators are told of, the newest. */
  maxReconciliations: 30,
  /** What was booked is told of so many minutes, or days, at once. */
  maxMinutes: 1_440,
  maxDays: 366,
  /** A booking may bear an instant that is so much later than a live's end, or than this process's clock. */
  lateMs: 60_000,

  /** Numbers of the past that are folded from the log at once, and how long each may take. */
  maxLooksBack: 2,
  maxLookBackMs: 15_000,

  /** The proof of conservation keeps a balance for each wallet, and sums at so many places not long ago. */
  maxProofWallets: 1_000_000,
  maxProofPlaces: 20_000,
  /** It folds so many events before other work has its turn, and is answered after so long at the latest. */
  proofPageEvents: 500,
  proofWaitMs: 250,
  /** Events that a unit is behind are counted up to here; one that stands still for so long is told of. */
  maxBehindEvents: 2_000,
  keepUpMs: 3_000,
  /** However many operators look, the system is looked at once within this time. */
  minLookPauseMs: 500,

  /** Between two log lines that say that numbers cannot be read. */
  minLogPauseMs: 5_000,
} as const;
