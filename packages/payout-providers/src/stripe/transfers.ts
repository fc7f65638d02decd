import type Stripe from 'stripe';
import type { ListedPayout, PayoutState } from '../port.ts';
import { fromStripe } from './money.ts';

/** The metadata that says which key a transfer was made with, and so that Carat made it. */
export const keyField = 'carat_key';

/**
 * A transfer is `paid` once it is made: the money is the creator's Stripe balance. Reversed as a whole it is
 * `returned`. Of a part that was reversed a state knows nothing: the list has the amount that is left.
 */
export const stateOf = ({ id, reversed }: Stripe.Transfer): PayoutState =>
  reversed
    ? { outcome: 'returned', reference: id, reason: 'stripe: the transfer was reversed' }
    : { outcome: 'paid', reference: id };

export const keyOf = ({ metadata }: Stripe.Transfer): string | undefined => metadata[keyField];

export const listed = (transfer: Stripe.Transfer): ListedPayout => {
  const currency = transfer.currency.toUpperCase();
  const { destination, amount, amount_reversed, reversed } = transfer;
  return {
    key: keyOf(transfer),
    reference: transfer.id,
    referenceFrom: 'pay',
    recipient: typeof destination === 'string' ? destination : (destination?.id ?? null),
    amountMinor: fromStripe(reversed ? amount : amount - amount_reversed, currency),
    currency,
    state: stateOf(transfer),
    madeAt: transfer.created * 1_000,
  };
};
