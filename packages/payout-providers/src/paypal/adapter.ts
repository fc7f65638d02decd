import { checkPayment } from '../payment.ts';
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
    pay: async (payment) => payOnce(client, checkPayment(payment)),
    look: async (payout) => {
      const batch = payout.reference === null ? undefined : await readBatch(client, payout.reference);
      return batch ? stateOf(batch) : (await findListed(client, payout, now))?.state;
    },
    list: (request) => listPage(client, request, now),
    readWebhook: (message) => readMessage(client, webhookId, message),
    check: () => client.signIn(),
    close: async () => {},
  };
};
