import { expect } from 'vitest';
import {
  type BegunPayout,
  type ListedPayout,
  type Payment,
  type PayoutProvider,
  ProviderError,
  type WebhookMessage,
} from '../port.ts';

/** What becomes of a payout that is made. */
export type Fate = 'paid' | 'failed' | 'returned';

/** Money that a provider has moved, as its own books say. */
export type Moved = Omit<Payment, 'key'>;

/**
 * A provider over its double, and the switches of the double. All adapters of it and the double have one
 * clock, which `advance` moves.
 */
export type Subject = {
  /** An adapter; each is a process of its own. */
  readonly provider: PayoutProvider;
  readonly other: PayoutProvider;
  /** Adapters of the same provider that can't reach it, and whose credentials it does not take. */
  readonly unreachable: PayoutProvider;
  readonly stranger: PayoutProvider;
  /** What must stand in no error. */
  readonly secrets: readonly string[];
  /** An account that there is, and one that nobody has. */
  readonly recipient: string;
  readonly nobody: string;
  /** What the provider has paid or is paying, in order; not what it knows to have failed. */
  moved(): readonly Moved[];
  /** What becomes of payouts that are made from now on. */
  destine(fate: Fate): Promise<void>;
  /**
   * `lose`: paying is carried out and not answered. `refuse`: it is not carried out, and the answer says so.
   */
  break(fault: 'lose' | 'refuse' | undefined): Promise<void>;
  /** Lets arrive, or fail, what is under way. */
  settle(): Promise<void>;
  /** Lets come back what is destined to be returned. */
  takeBack(): Promise<void>;
  advance(ms: number): void;
  now(): number;
  /** What was sent to the webhook so far. */
  messages(): readonly WebhookMessage[];
  /** A message that is signed as it should be, and not about a payout. */
  otherMessage?: () => WebhookMessage;
  /** A payment that somebody made without Carat, where the provider's books can hold one. */
  payByHand?: () => Promise<void>;
  close(): Promise<void>;
};

export type Abilities = {
  /** It can take a payout and fail it later; else it takes or refuses it at once. */
  readonly failsLater: boolean;
  /** Whether it forgets a key after `memoryMs`, so that it would pay again. */
  readonly forgets: boolean;
  /** Whether the list names who was paid, and by what name it calls a payout. */
  readonly listsRecipient: boolean;
  readonly referenceFrom: 'pay' | 'list';
  /** Whether a message that was signed too long ago is refused here, and not by the provider. */
  readonly agesMessages: boolean;
  /** Amounts that it pays to the last minor unit, and some that it can't pay. */
  readonly pays: readonly (readonly [amountMinor: string, currency: string])[];
  readonly refuses: readonly (readonly [amountMinor: string, currency: string])[];
};

export type Law = (subject: Subject, abilities: Abilities) => Promise<void>;
export type Laws = Readonly<Record<string, Law>>;

let count = 0;

/** A payment with a key that was never used. */
export const payment = (
  { recipient }: Pick<Subject, 'recipient'>,
  changes: Partial<Payment> = {},
): Payment => {
  count += 1;
  return { key: `redemption-${count}`, recipient, amountMinor: '1234', currency: 'USD', ...changes };
};

/** The payment as the log knows it that has begun it. */
export const begun = (subject: Subject, asked: Payment, reference: string | null = null): BegunPayout => ({
  ...asked,
  startedAt: subject.now(),
  reference,
});

/** The code of the error that a call ends in. */
export const codeOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof ProviderError) return error.code;
    throw error;
  }
  return 'no error';
};

/** All pages of a list; no payout stands in two of them. */
export const listAll = async (
  provider: PayoutProvider,
  from: number,
  to: number,
): Promise<{ payouts: ListedPayout[]; completeTo: number }> => {
  const payouts: ListedPayout[] = [];
  let page: string | undefined;
  let completeTo = Number.POSITIVE_INFINITY;
  for (let pages = 0; pages < 1_000; pages += 1) {
    const listed = await provider.list({ from, to, ...(page && { page }) });
    payouts.push(...listed.payouts);
    completeTo = Math.min(completeTo, listed.completeTo);
    page = listed.next;
    if (page === undefined) {
      expect(new Set(payouts.map(({ reference }) => reference)).size).toBe(payouts.length);
      return { payouts, completeTo };
    }
  }
  throw new Error('the list has no end');
};

/** Moves the clock on until the list is complete beyond now, and answers what now was. */
export const outlast = (subject: Subject): number => {
  const then = subject.now();
  subject.advance(subject.provider.listDelayMs + 2_000);
  return then;
};

/** Longer than any law needs, and within the memory of every provider. */
export const dayMs = 24 * 3_600_000;
