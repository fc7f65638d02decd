/** Every bound of the payouts service, with its unit. */
export const limits = {
  /** How often it is looked whether a day is over, or one that is closed is not settled. */
  settleLookMs: 5_000,
  /** Creators whose day is settled by one append; the event store takes no more streams. */
  settleStreams: 100,
  /** How often such an append is tried again with creators whose streams somebody else wrote to. */
  settleRounds: 50,
  /** Events of a creator's stream read at once, backwards, to see whether a day is settled. */
  tailEvents: 16,

  /** Creators whose earnings are kept folded; about 200 bytes a settled day and 1 kB a redemption. */
  knownCreators: 500,
  /** How often a decision is made again, as somebody else was faster, before it is left for later. */
  maxDecisions: 20,

  /** Payouts that a process brings forward at once. */
  jobsAtOnce: 16,
  /** Steps that one job takes at most, one right after the other. */
  stepsPerJob: 4,
  /** Attempts at a step that fails, and the pause after the first; each further one is twice as long. */
  jobAttempts: 8,
  jobBackoffMs: 500,
  /** How long a worker that died holds a payout up. */
  lockMs: 5_000,
  stalledCheckMs: 2_000,
  /** How often a job may lose its worker before it is a dead end. */
  maxStalledCount: 20,
  /** An idle worker looks so often for a job whose announcement was lost. */
  jobsLookMs: 1_000,
  /** Dead ends that stay visible; beyond them the oldest is begun anew. */
  keptFailedJobs: 1_000,
  jobEventsKept: 100,
  /** A job that came to a dead end is tried again after so long. */
  deadEndRetryMs: 60_000,
  /** Dead ends looked at, at once. */
  deadEndsAtOnce: 100,
  /** How often redemptions are looked through for those whose job was lost, and how many at once. */
  watchdogMs: 1_000,
  watchdogRedemptions: 500,
  /** What stands against a creator is looked at again after so long, and a clock that is wrong. */
  heldLookMs: 600_000,
  /** A start that was taken back is made anew after a quarter of its redemption's age, and this at least. */
  minRestartMs: 30_000,
  /** For how long a provider's answer that it takes calls, or does not, is believed. */
  checkKeptMs: 5_000,
  clockLookMs: 5_000,
  /** The provider is asked how a payout stands after a quarter of its age, between these two. */
  minLookMs: 1_000,
  maxLookMs: 3_600_000,
  /** The longest time that a provider may ask to be left alone for. */
  maxRetryAfterMs: 300_000,
  /** Beyond a provider's memory, before a payout that its list does not hold is given up. */
  giveUpMarginMs: 3_600_000,

  /**
   * Who started a payout calls the provider alone for so long: so a refusal means that nobody has it made. It
   * begins its calls within the first of these, each is given up after `payTimeoutMs` of the providers, and
   * clocks may be a minute apart.
   */
  firstCallMs: 10_000,
  soleCallMs: 120_000,
  /** Within this time of its start it may take the start back: long before another one's clock says so. */
  withdrawMs: 55_000,
  /** How often it calls a provider that certainly paid nothing, and the first pause; then twice as long. */
  firstCalls: 3,
  firstCallPauseMs: 500,

  maxWebhookBytes: 256 * 1024,
  /** Webhooks taken up at once; beyond them the provider is told to send again later. */
  webhooksAtOnce: 64,
  webhookRetrySeconds: 5,

  /** How often it is looked whether a list is to be compared; of how many days it is at least. */
  reconcileLookMs: 60_000,
  reconcileDays: 7,
  /** How often it is compared over `longComparisonMs` of the domain. */
  longReconcileEveryDays: 7,
  /** Payouts that a provider is asked for at once, as its list is ahead of the log. */
  catchUpPayouts: 1_000,
  /** Providers whose lists cannot be had for so long are reported as not ready. */
  reconcileLateMs: 3_600_000,

  /** Events of the log looked at in one read, to find who was paid. */
  followPageEvents: 10_000,
  /** Events of a creator's stream read at once. */
  streamPageEvents: 1_000,
  maxThresholds: 50,

  redisCommandMs: 10_000,
  /** A worker is given so long to end what it does at a shutdown. */
  closeWorkerMs: 3_000,
} as const;
