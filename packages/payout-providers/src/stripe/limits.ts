/** Stripe's own bounds and ours towards it. A name ends with its unit. */
export const stripeLimits = {
  /**
   * "You can remove keys from the system automatically after they're at least 24 hours old. We generate a new
   * request if a key is reused after the original is pruned"
   * (https://docs.stripe.com/api/idempotent_requests).
   */
  memoryMs: 24 * 3_600_000,
  /** Stripe names no delay of its lists; this is a margin of ours. */
  listDelayMs: 5 * 60_000,
  /** Transfers with one `transfer_group`: one is ours, others would be somebody's by hand. */
  lookPageSize: 100,
} as const;
