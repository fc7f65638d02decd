/** What the adapters and the sandbox hold themselves to. A name ends with its unit. */
export const limits = {
  /**
   * A payout's key: fits what every provider takes. PayPal's `sender_batch_id` takes 256, Stripe's key 255.
   */
  maxKeyChars: 165,
  /** PayPal's `receiver` takes 127; a Stripe account's id has about 21. */
  maxRecipientChars: 127,
  /** Twelve digits: ten billion in a currency of hundredths, and far within what a double holds exactly. */
  maxAmountDigits: 12,
  /** A call that pays, and all it takes. Long, as what is not waited for must be asked for again. */
  payTimeoutMs: 30_000,
  /** A call that only reads. */
  readTimeoutMs: 15_000,
  /** An answer's body; a page of the longest list stays within it. */
  maxAnswerBytes: 8 * 1024 * 1024,
  /** A webhook's body. */
  maxWebhookBytes: 256 * 1024,
  /** How old a signed message may be, or how far ahead of the clock here: Stripe's own default. */
  webhookToleranceMs: 5 * 60_000,
  /** Payouts per page of a list, where the provider lets one choose. */
  listPageSize: 100,
  /** Pages that a look through a list reads before it says that it could not find out: of 500 at PayPal. */
  maxLookPages: 1_000,
  /** A reason that a provider gives is cut here before it is stored. */
  maxReasonChars: 200,
} as const;
