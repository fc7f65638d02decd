/** PayPal's own bounds and ours towards it. A name ends with its unit. */
export const paypalLimits = {
  /** A used `sender_batch_id` is refused for 30 days (Payouts API, `sender_batch_header`). */
  memoryMs: 30 * 24 * 3_600_000,
  /** "It takes a maximum of three hours for executed transactions to appear" (Transaction Search API). */
  listDelayMs: 3 * 3_600_000,
  /** `sender_item_id` (Payouts API). */
  maxItemIdChars: 63,
  /** A search spans at most 31 days (Transaction Search API); ours are rounded up to whole seconds yet. */
  maxWindowMs: 31 * 24 * 3_600_000 - 2_000,
  /** Shorter than this no search is cut that finds too much: it then fails. */
  minWindowMs: 60_000,
  /** The most transactions that a page may hold (Transaction Search API). */
  listPageSize: 500,
  /**
   * From before its start to after it, a payout whose reference is not known is looked for in the list: for
   * longer than the key is known, so that nothing which PayPal reviewed meanwhile is taken for not made.
   */
  lookBackMs: 3_600_000,
  lookAheadMs: 60 * 24 * 3_600_000,
  /** A token is asked for anew so long before it ends. */
  tokenMarginMs: 60_000,
  /** How long a token is used at most, whatever PayPal says. */
  maxTokenMs: 9 * 3_600_000,
} as const;
