/** Limits of the adapter; each can be set otherwise when a store is opened, so that tests are quick. */
export const defaults = {
  /** How long a server that is not there yet is waited for as the store is opened. */
  openMs: 10_000,

  /**
   * One call carries so many events at most, or one append. The server takes messages of 16 MiB less 10 kB;
   * beyond a few hundred events a call only gets slower.
   */
  maxGroupEvents: 300,
  maxGroupBytes: 4 * 1024 * 1024,
  maxGroupsInFlight: 4,
  maxWaitingAppends: 50_000,
  maxWaitingBytes: 64 * 1024 * 1024,
  /** An append that others of its group drag down so often goes alone. */
  maxViolatedGroups: 3,

  /** How long one sending may take. The server gives up on its own cluster after 2 s. */
  sendMs: 5_000,
  /** How long a group is sent again while its outcome is unknown. */
  maxDeliveryMs: 15_000,
  /** How long the server is looked for where certainly nothing was sent. */
  maxUnreachableMs: 5_000,
  /** An append that has waited so long is not sent any more. */
  maxWaitMs: 10_000,
  minResendPauseMs: 50,
  maxResendPauseMs: 1_000,

  /** How long one read may take, or hear nothing while the server looks past what a filter leaves out. */
  readMs: 10_000,
  /** How long a read with a filter may take while the server answers others: some 300 million events. */
  maxScanMs: 600_000,
  maxReadsInFlight: 64,
  maxWaitingReads: 10_000,
  /** How many readers have pages read ahead, how long a page is kept, and how much one read goes on for. */
  maxAheads: 4,
  maxAheadMs: 1_000,
  maxCursorEvents: 50_000,

  /** A client is replaced at most so often; the pause doubles while the new ones fail too. */
  minClientAgeMs: 100,
  maxClientAgeMs: 2_000,

  /** How long a subscription may take to be confirmed. */
  confirmMs: 5_000,
  /** A subscription hears so many events, then rests: each costs as much as reading fifty in pages. */
  maxEventsHeard: 4,
  restMs: 20,
  minSubscribePauseMs: 100,
  maxSubscribePauseMs: 1_000,
  /** While subscribed, the head of the log is looked at so often, lest the subscription went silent. */
  silenceMs: 5_000,
};

export type Limits = Readonly<typeof defaults>;
