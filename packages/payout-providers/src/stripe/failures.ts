import Stripe from 'stripe';
import { neverSent } from '../http.ts';
import { limits } from '../limits.ts';
import { ProviderError } from '../port.ts';

/** The 400s that our own balance or settings cause: https://docs.stripe.com/error-codes */
const ours = new Set([
  'balance_insufficient',
  'insufficient_funds',
  'platform_api_key_expired',
  'testmode_charges_only',
]);

/**
 * A failure of Stripe's client as a provider's. `kind`: whether the call might have paid.
 *
 * A 4xx that has begun to execute is kept under its key like any other answer, and a key whose transfer was
 * made answers with it: so a refusal says that nothing was paid with this key
 * (https://docs.stripe.com/error-low-level#idempotency). A 500 is kept as well: such a key never tells more,
 * and the transfer must be looked for.
 */
export const asStripeFailure = (error: unknown, kind: 'pay' | 'read'): ProviderError => {
  if (error instanceof ProviderError) return error;
  const unknown = (reason: string): ProviderError =>
    kind === 'pay'
      ? new ProviderError('outcome_unknown', `stripe: ${reason}; nobody knows yet whether it paid.`, {
          cause: error,
        })
      : new ProviderError('unavailable', `stripe: ${reason}.`, { cause: error });
  if (!(error instanceof Stripe.errors.StripeError)) return unknown('the call failed');
  const reason = reasonOf(error);
  const fail = (code: 'refused' | 'misconfigured' | 'unavailable') =>
    new ProviderError(code, `stripe: ${reason}.`);

  if (error instanceof Stripe.errors.StripeConnectionError) {
    if (neverSent(error.detail)) return new ProviderError('unavailable', "stripe can't be reached.");
    return unknown('no answer came');
  }
  if (error instanceof Stripe.errors.StripeAuthenticationError) {
    return new ProviderError('misconfigured', 'stripe does not take STRIPE_SECRET_KEY.');
  }
  if (error instanceof Stripe.errors.StripePermissionError) return fail('misconfigured');
  // The rate limiter runs before the idempotency layer: nothing was begun.
  if (error instanceof Stripe.errors.StripeRateLimitError) return fail('unavailable');
  if (error instanceof Stripe.errors.StripeIdempotencyError) {
    return new ProviderError('key_taken', 'stripe: the key was used for another payment.');
  }
  if (error instanceof Stripe.errors.StripeInvalidRequestError) {
    return fail(ours.has(error.code ?? '') ? 'misconfigured' : 'refused');
  }
  return unknown(reason);
};

/** Stripe's code and the parameter it is about: no values, which might be somebody's. */
const reasonOf = ({
  code,
  type,
  param,
  statusCode,
}: InstanceType<typeof Stripe.errors.StripeError>): string =>
  [code ?? type, param, statusCode && `HTTP ${statusCode}`]
    .filter(Boolean)
    .join(', ')
    .slice(0, limits.maxReasonChars);
