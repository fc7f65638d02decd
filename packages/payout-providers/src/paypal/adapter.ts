import { checkPayment, endInTime } from '../payment.ts';
import type { PayoutProvider } from '../port.ts';
import { createClient } from './client.ts';
import { paypalLimits } from './limits.ts';
import { findListed, listPage } from './listing.ts';
import { payOnce, readBatch, stateOf } from './paying.ts';
import { readMessage } from './webhook.ts';

export type PaypalSettings = {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Without it every message to the webhook is refused. */
  readonly webhookId?: string | undefined;
  /** In ms since 1970. */
  readonly now?: () => number;
};

/**
 * PayPal Payouts (https://developer.paypal.com/api/payments.payouts-batch/v1). A recipient is a PayPal payer
 * id. What `pay` answers is named by PayPal's batch id; PayPal works through a batch later, so it is `sent`
 * at first.
 */
export const createPaypal = ({ webhookId, now = Date.now, ...rest }: PaypalSettings): PayoutProvider => {
  const client = createClient({ ...rest, now });
  return {
    name: 'paypal',
    memoryMs: paypalLimits.memoryMs,
    listDelayMs: paypalLimits.listDelayMs,
    pay: async (payment) => endInTime('paypal', payOnce(client, checkPayment(payment))),
    look: async (payout) => {
      const { reference } = payout;
      const batch = reference === null ? undefined : await readBatch(client, reference);
      if (batch) return stateOf(batch);
      const listed = await findListed(client, payout, now);
      if (listed === undefined) return undefined;
      // The list calls it by another name: what was told before is kept.
      return reference === null ? { ...listed.state, referenceFrom: 'list' } : { ...listed.state, reference };
    },
    list: (request) => listPage(client, request, now),
    readWebhook: (message) => readMessage(client, webhookId, message),
    check: () => client.signIn(),
    close: async () => {},
  };
};
