import type { PayoutState } from '../port.ts';

type Outcome = PayoutState['outcome'];

/**
 * What each status of an item means for who is paid. Sources: `transaction_enum` of the Payouts API and
 * https://docs.paypal.ai/growth/payouts/manage-payouts/track-payout-item-status, whose words are quoted.
 */
const itemOutcomes: Readonly<Record<string, Outcome>> = {
  /** "PayPal processes your payout." */
  PENDING: 'sent',
  /** "PayPal credits money to the recipient's account." */
  SUCCESS: 'paid',
  /** The money has left and waits 30 days for its recipient; then it is RETURNED. */
  UNCLAIMED: 'sent',
  /** "PayPal reviews the payout": it ends in another status. */
  ONHOLD: 'sent',
  /** "PayPal does not deduct money from your account." */
  FAILED: 'failed',
  /** "Money is not deducted from your account." */
  DENIED: 'failed',
  /** "PayPal blocks the payout request." */
  BLOCKED: 'failed',
  /** Only what is unclaimed is cancelled: it never arrived. */
  CANCELED: 'failed',
  /** "The recipient does not claim the payout or you cancel it": it came back before it arrived. */
  RETURNED: 'failed',
  /** "The recipient refunds the payout": it had arrived. */
  REFUNDED: 'returned',
  /** It had arrived, and was taken back. */
  REVERSED: 'returned',
};

/** What the status of a whole batch says before its item is there (`batch_enum`). */
const batchOutcomes: Readonly<Record<string, Outcome>> = {
  PENDING: 'sent',
  PROCESSING: 'sent',
  DENIED: 'failed',
  CANCELED: 'failed',
  /** It says that the batch was worked through, and nothing of its item. */
  SUCCESS: 'sent',
};

/** Status codes of the Transaction Search API: denied, pending, successful, reversed. */
const listOutcomes: Readonly<Record<string, Outcome>> = { D: 'failed', P: 'sent', S: 'paid', V: 'returned' };

/** A status that is not known here is under way: nothing is given up because of it. */
const stateBy =
  (outcomes: Readonly<Record<string, Outcome>>) =>
  (status: string | undefined, reference: string, reason?: string): PayoutState => {
    const outcome = outcomes[status ?? ''] ?? 'sent';
    if (outcome === 'sent' || outcome === 'paid') return { outcome, reference };
    return { outcome, reference, reason: `paypal: ${reason ?? status}` };
  };

export const stateOfItem = stateBy(itemOutcomes);
export const stateOfBatch = stateBy(batchOutcomes);
export const stateOfTransaction = stateBy(listOutcomes);
