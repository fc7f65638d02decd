/** What the sandbox server holds itself to. A name ends with its unit. */
export const sandboxLimits = {
  /** A request's body. */
  maxBodyBytes: 16 * 1024,
  /** Payouts in the ledger; beyond them it takes no more, as it holds them in memory. */
  maxPayouts: 1_000_000,
  /** Ledger lines that wait for their fsync; beyond them the answer is 503. */
  maxWaitingLines: 10_000,
  /** How often it looks for what is due to be told. */
  tellEveryMs: 25,
  /** States that wait to be told; beyond them nobody is told, and whoever wants to know must ask. */
  maxWaitingWebhooks: 10_000,
  /** After a start, states that began within this time are told again. */
  retellMs: 10 * 60_000,
  /** Webhooks under way at once. */
  maxWebhooksAtOnce: 8,
  /** One webhook's answer. */
  webhookTimeoutMs: 5_000,
  /** Between two attempts at a webhook: doubled from the first to the last. */
  firstRetryMs: 100,
  maxRetryMs: 30_000,
  /** Attempts at one webhook. Beyond them it is given up: whoever was not told must ask. */
  maxWebhookAttempts: 20,
  /** The longest delay that a fault may ask for. */
  maxDelayMs: 60_000,
} as const;

/** It forgets nothing: as long as its ledger exists, it knows every key again. Told as a year. */
export const sandboxMemoryMs = 365 * 24 * 3_600_000;
