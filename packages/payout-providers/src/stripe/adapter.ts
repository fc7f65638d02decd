import Stripe from 'stripe';
import { z } from 'zod';
import { readCursor, writeCursor } from '../cursor.ts';
import { limits } from '../limits.ts';
import { checkPayment, endInTime } from '../payment.ts';
import {
  type BegunPayout,
  type ListedPage,
  type ListRequest,
  type Payment,
  type PayoutNotice,
  type PayoutProvider,
  type PayoutState,
  ProviderError,
  type WebhookMessage,
  WebhookRefused,
} from '../port.ts';
import { openClient } from './client.ts';
import { asStripeFailure } from './failures.ts';
import { stripeLimits } from './limits.ts';
import { toStripe } from './money.ts';
import { keyField, keyOf, listed, stateOf } from './transfers.ts';

export type StripeSettings = {
  readonly url: string;
  readonly secretKey: string;
  /** Without it every message to the webhook is refused. */
  readonly webhookSecret?: string | undefined;
  /** In ms since 1970. */
  readonly now?: () => number;
};

/**
 * Stripe Connect. A recipient is a connected account; a payout is a **transfer** to its Stripe balance, from
 * which Stripe pays to the creator's bank by the account's own schedule.
 *
 * Why a transfer and not a payout on the connected account: a payout would need a transfer before it, so two
 * effects for one key, of which the second may fail while the money has already left us; a transfer moves the
 * money of the platform once, is made or refused at once, and is the creator's from then on. What Stripe's
 * payout to the bank does afterwards, the creator sees at Stripe.
 *
 * The key goes out as `Idempotency-Key`, which Stripe knows for 24 hours, and as `transfer_group` and
 * metadata, by which it is found for ever. The client repeats nothing by itself.
 */
export const createStripe = (settings: StripeSettings): PayoutProvider => {
  const { webhookSecret, now = Date.now } = settings;
  const { stripe, close } = openClient(settings);
  const attempt = <Result>(call: Promise<Result>, kind: 'pay' | 'read'): Promise<Result> =>
    call.catch((error: unknown) => {
      throw asStripeFailure(error, kind);
    });

  return {
    name: 'stripe',
    memoryMs: stripeLimits.memoryMs,
    listDelayMs: stripeLimits.listDelayMs,
    pay: async (payment) => endInTime('stripe', attempt(payOnce(stripe, checkPayment(payment)), 'pay')),
    look: (payout) => attempt(find(stripe, payout), 'read'),
    list: (request) => attempt(listPage(stripe, request, now()), 'read'),
    readWebhook: async (message) => readMessage(stripe, webhookSecret, message, now()),
    check: async () => {
      await attempt(stripe.balance.retrieve(), 'read');
    },
    close: async () => close(),
  };
};

/**
 * A transfer that our balance does not cover is refused, and the key answers so for a day: so it is looked at
 * before. Where others take the money in between, the payout waits for that day.
 */
const checkBalance = async (stripe: Stripe, amount: number, currency: string): Promise<void> => {
  const { available } = await stripe.balance.retrieve().catch((error: unknown) => {
    throw asStripeFailure(error, 'read');
  });
  const held = available.filter((one) => one.currency === currency);
  if (held.reduce((sum, one) => sum + one.amount, 0) >= amount) return;
  throw new ProviderError('misconfigured', `stripe: too little ${currency} is available in the balance.`);
};

const payOnce = async (
  stripe: Stripe,
  { key, recipient, amountMinor, currency }: Payment,
): Promise<PayoutState> => {
  await checkBalance(stripe, toStripe(amountMinor, currency), currency.toLowerCase());
  const made = await stripe.transfers.create(
    {
      amount: toStripe(amountMinor, currency),
      currency: currency.toLowerCase(),
      destination: recipient,
      transfer_group: key,
      metadata: { [keyField]: key },
    },
    { idempotencyKey: key },
  );
  // A repetition is answered as the first call was, however the transfer stands by now.
  if (made.lastResponse.headers['idempotent-replayed'] !== 'true') return stateOf(made);
  const current = await stripe.transfers.retrieve(made.id).catch((error: unknown) => {
    throw asStripeFailure(error, 'read');
  });
  return stateOf(current);
};

const find = async (stripe: Stripe, { key, reference }: BegunPayout): Promise<PayoutState | undefined> => {
  if (reference !== null) {
    const transfer = await stripe.transfers.retrieve(reference).catch(undefinedIfMissing);
    if (transfer) return stateOf(transfer);
  }
  const page = await stripe.transfers.list({ transfer_group: key, limit: stripeLimits.lookPageSize });
  const ours = page.data.filter((transfer) => keyOf(transfer) === key);
  // Newest first: should there ever be two, the first that was made is the payout.
  const first = ours.at(-1);
  return first && stateOf(first);
};

const undefinedIfMissing = (error: unknown): undefined => {
  if (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404) return undefined;
  throw error;
};

const cursorSchema = z.object({ after: z.string(), completeTo: z.int() });

/** Stripe lists the newest first, and knows whole seconds. */
const listPage = async (
  stripe: Stripe,
  { from, to, page }: ListRequest,
  now: number,
): Promise<ListedPage> => {
  const cursor = page ? readCursor(cursorSchema, page) : undefined;
  // What is made while the pages are read stands on a page before this one: the first one's word holds.
  const completeTo = cursor?.completeTo ?? Math.min(to, now - stripeLimits.listDelayMs);
  const found = await stripe.transfers.list({
    created: { gte: Math.floor(from / 1_000), lt: Math.ceil(to / 1_000) },
    limit: limits.listPageSize,
    ...(cursor && { starting_after: cursor.after }),
  });
  const last = found.data.at(-1);
  const payouts = found.data.map(listed).filter(({ madeAt }) => madeAt >= from && madeAt < to);
  const next = found.has_more && last ? writeCursor({ after: last.id, completeTo }) : undefined;
  return { payouts, next, completeTo };
};

/** Each of them carries the transfer as it stood then. */
const told = new Set(['transfer.created', 'transfer.reversed', 'transfer.updated']);

const readMessage = (
  stripe: Stripe,
  secret: string | undefined,
  { headers, body }: WebhookMessage,
  now: number,
): readonly PayoutNotice[] => {
  if (secret === undefined) throw refusedMessage('STRIPE_WEBHOOK_SECRET is not set');
  if (body.length > limits.maxWebhookBytes) throw refusedMessage('it is too long');
  const event = construct(stripe, secret, headers['stripe-signature'] ?? '', body, now);
  if (!told.has(event.type)) return [];
  const transfer = event.data.object as Stripe.Transfer;
  const key = keyOf(transfer);
  return key === undefined ? [] : [{ key, state: stateOf(transfer) }];
};

const construct = (
  stripe: Stripe,
  secret: string,
  signature: string,
  body: Buffer,
  now: number,
): Stripe.Event => {
  const toleranceSeconds = limits.webhookToleranceMs / 1_000;
  try {
    return stripe.webhooks.constructEvent(body, signature, secret, toleranceSeconds, undefined, now);
  } catch (error) {
    throw refusedMessage('its signature is not stripe’s, or too old', error);
  }
};

const refusedMessage = (reason: string, cause?: unknown): WebhookRefused =>
  new WebhookRefused(`A message to stripe's webhook is refused: ${reason}.`, { cause });
