import type { largest } from '@carat/protocol';

/** The protocol's largest count of one combo; the type keeps it equal without loading the schemas. */
export const largestCount: typeof largest.count = 9_999;

/** Every bound of the SDK; `connect({ limits })` overrides each. */
export const defaultLimits = {
  /** Combos with claims not yet answered. Beyond it, new ones are rejected with `outbox_full`. */
  combosWaiting: 1_000,
  /** Promises of receipts not yet answered, over all combos. Beyond it: `outbox_full`. */
  answersAwaited: 10_000,
  /** Claims in flight at once; the gateway's own bound applies where it is lower. */
  claimsInFlight: 1_000,
  /** A claim unanswered for this long is sent again. */
  answerTimeoutMs: 10_000,
  /** A claim that could not be settled for this long, offline time included, is rejected with `gave_up`. */
  giveUpAfterMs: 120_000,
  /** What `retryAfterMs` of a refusal counts as at least. */
  shortestRetryMs: 20,
  /** First and longest wait before something is tried again; it doubles in between, with jitter. */
  firstRetryMs: 200,
  longestRetryMs: 5_000,
  /** First and longest wait before the next attempt to connect, to each gateway once in a round. */
  firstReconnectMs: 1_000,
  longestReconnectMs: 5_000,
  /** For one attempt to connect and be welcomed, and for `connect()` as a whole. */
  connectTimeoutMs: 10_000,
  /** How long `close()` waits for claims that are not answered yet. */
  drainMs: 5_000,
  /**
   * A combo builder's tap begins a new combo when the running one is this old; the gateway takes 15 minutes.
   */
  newComboAfterMs: 10 * 60_000,
  /**
   * Bookings of a live kept while those before them are read; beyond it they are let go and read as well.
   */
  bookingsHeld: 10_000,
  /** Bookings that wait for one slow loop over `bookings()`; beyond it the oldest are let go, with a gap. */
  bookingsBuffered: 10_000,
  /** A new token is told so long before the old one expires, or after half of its time where that is less. */
  renewAheadMs: 60_000,
  /** Timers are set for so long at most: they hold no longer times. */
  longestTimerMs: 24 * 3_600_000,
};

export type Limits = typeof defaultLimits;

/** Bounds and times of what is shown of a live's bookings; each can be given otherwise. */
export const defaultShownLimits = {
  /** Combos that grow at once; beyond it the one that grew longest ago is ended. */
  combosShown: 50,
  /** A combo is over when it has not grown for so long. */
  comboEndsMs: 3_000,
  /** A booking of so many coins is worth a banner. */
  bannerCoins: 1_000,
  /** Banners that wait to be shown; of more, those of the fewest coins are only counted. */
  bannersWaiting: 20,
  /** For how long a banner is shown. */
  bannerMs: 4_000,
};

export type ShownLimits = typeof defaultShownLimits;
