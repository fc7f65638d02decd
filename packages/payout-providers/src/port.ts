/**
 * One payout as it is asked for. `amountMinor`: whole minor units of the ISO 4217 currency, as text, above 0.
 * `recipient`: what the provider calls the account that is paid; never an address or an account number.
 */
export type Payment = {
  /** The same for every attempt at this payout, and for no other: at most `limits.maxKeyChars` characters. */
  readonly key: string;
  readonly recipient: string;
  readonly amountMinor: string;
  readonly currency: string;
};

/**
 * How a payout stands at the provider. `sent`: it is made and not yet known to have arrived. `failed`: no
 * money has left, or it came back before it arrived. `returned`: it arrived, or was said to, and came back.
 * `reference`: what the provider calls it, the same for ever. `referenceFrom`: where that is only the name of
 * its list, as `ListedPayout` has it.
 */
export type PayoutState = { readonly referenceFrom?: 'list' } & (
  | { readonly outcome: 'sent' | 'paid'; readonly reference: string }
  | { readonly outcome: 'failed' | 'returned'; readonly reference: string | null; readonly reason: string }
);

/** What a provider tells of a payout unasked. */
export type PayoutNotice = { readonly key: string; readonly state: PayoutState };

/** A payout in the provider's own list: one whose money has left; of others it may say nothing. */
export type ListedPayout = {
  /** Undefined where it was not made by Carat, or the provider does not say. */
  readonly key: string | undefined;
  /** What the list calls it: another payout in it, even one with the same key, is called otherwise. */
  readonly reference: string;
  /**
   * `pay`: `reference` is what `pay`, `look` and notices call it. `list`: some providers keep their books by
   * other names, and only the key says which payout it is; how it stands is then to be booked by `look`.
   */
  readonly referenceFrom: 'pay' | 'list';
  /** Null where the list does not say for sure. */
  readonly recipient: string | null;
  readonly amountMinor: string;
  readonly currency: string;
  readonly state: PayoutState;
  /** When the provider made it, in ms since 1970. */
  readonly madeAt: number;
};

export type ListedPage = {
  readonly payouts: readonly ListedPayout[];
  /** Hands on to the next page; undefined on the last. */
  readonly next: string | undefined;
  /**
   * Up to when the list is complete, in ms since 1970: some providers list what they made hours later. A
   * payout that is missing from a list counts as not made only up to here. Never past `to`; of several pages
   * the smallest holds.
   */
  readonly completeTo: number;
};

/** Instants in ms since 1970: `from` within, `to` beyond. */
export type ListRequest = { readonly from: number; readonly to: number; readonly page?: string };

/** A payout that was begun, as the log knows it. */
export type BegunPayout = Payment & {
  readonly startedAt: number;
  /** What the provider called it in answers or messages, where it told. */
  readonly reference: string | null;
};

/**
 * A message from a provider, as it came over HTTP. `headers`: names in lower case. `body`: as it was sent.
 */
export type WebhookMessage = {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
};

/**
 * One who pays creators out. Every adapter passes the whole suite of `laws.ts`.
 *
 * Laws in short: within the provider's memory `pay` with the same key pays once, however often and from how
 * many processes at once, and answers how that one payout stands; a key used for another payment is refused;
 * what `pay` has answered, `look` finds; what was paid stands in the list once it is complete up to then;
 * nothing but `pay` moves money; a notice is told only if its signature is the provider's, and telling it
 * again, late or out of order is harmless, as it says a state and not a change.
 */
export interface PayoutProvider {
  /** `sandbox`, `paypal`, `stripe`. */
  readonly name: string;
  /**
   * For how long the provider surely knows a key again, in ms. Beyond it a repetition may pay twice, so
   * nobody may call `pay` with it: see `maySend` of the domain, which is stricter.
   */
  readonly memoryMs: number;
  /** How much later than its making a payout may yet appear in the list, in ms. */
  readonly listDelayMs: number;

  /**
   * Pays, or where this key was paid already, tells how that stands.
   * @throws ProviderError `unavailable` where certainly nothing was paid by this call; `outcome_unknown`
   * where nobody can tell: ask again with the same key; `refused` where the provider will never make it as it
   * is asked for, and has paid nothing with this key; `key_taken` where the key was used for another payment,
   * which may have been made; `misconfigured` where its credentials, settings or balance are at fault
   * (nothing was paid by this call, and once it is mended the same key may, at the latest after `memoryMs`)
   */
  pay(payment: Payment): Promise<PayoutState>;

  /**
   * How a payout that was begun stands, without making it; undefined where the provider does not know it
   * (which, before its list is complete, does not mean that it was not made). @throws ProviderError
   */
  look(payout: BegunPayout): Promise<PayoutState | undefined>;

  /** A page of what the provider made in a time, in the provider's own order. @throws ProviderError */
  list(request: ListRequest): Promise<ListedPage>;

  /**
   * Takes a webhook's message apart. Messages of other kinds tell nothing.
   * @throws WebhookRefused where it is not the provider's, or cannot be proved to be
   */
  readWebhook(message: WebhookMessage): Promise<readonly PayoutNotice[]>;

  /** Whether the provider can be reached and takes the credentials. @throws ProviderError */
  check(): Promise<void>;

  close(): Promise<void>;
}

export type ProviderErrorCode = 'unavailable' | 'outcome_unknown' | 'refused' | 'key_taken' | 'misconfigured';

/** What a provider's adapter throws. Decide by `code`; the message is one sentence for an operator. */
export class ProviderError extends Error {
  readonly code: ProviderErrorCode;
  /** How long the provider asks to wait, in ms, where it says so. */
  readonly retryAfterMs: number | undefined;
  constructor(
    code: ProviderErrorCode,
    message: string,
    options?: ErrorOptions & { readonly retryAfterMs?: number },
  ) {
    super(message, options);
    this.name = 'ProviderError';
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** A webhook's message was not signed by the provider, or too long ago. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused';
}
