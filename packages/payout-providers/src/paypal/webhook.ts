import { z } from 'zod';
import { parseJson } from '../json.ts';
import { limits } from '../limits.ts';
import { type PayoutNotice, type WebhookMessage, WebhookRefused } from '../port.ts';
import { type PaypalClient, parseAnswer } from './client.ts';
import { keyOfBatch } from './names.ts';
import { stateOfBatch, stateOfItem } from './statuses.ts';
import { createdSchema, eventSchema, itemSchema, verifiedSchema } from './wire.ts';

/**
 * The headers that PayPal signs by, with the bounds of `verify_webhook_signature` (Webhooks Management API).
 */
const headersSchema = z.object({
  'paypal-auth-algo': z.string().max(100),
  'paypal-cert-url': z.string().max(500),
  'paypal-transmission-id': z.string().max(50),
  'paypal-transmission-sig': z.string().max(500),
  'paypal-transmission-time': z.string().max(100),
});

/**
 * Takes a message apart once PayPal itself has said that it sent it (POST /v1/notifications/
 * verify-webhook-signature). What is not about payouts is not asked about, and tells nothing.
 * @throws WebhookRefused
 */
export const readMessage = async (
  client: PaypalClient,
  webhookId: string | undefined,
  { headers, body }: WebhookMessage,
): Promise<readonly PayoutNotice[]> => {
  if (webhookId === undefined) throw refused('PAYPAL_WEBHOOK_ID is not set');
  if (body.length > limits.maxWebhookBytes) throw refused('it is too long');
  const event = eventSchema.safeParse(parseJson(body));
  const signed = headersSchema.safeParse(headers);
  if (!event.success) throw refused('it is no event');
  if (!signed.success) throw refused('it carries no signature');
  const notice = noticeOf(event.data);
  if (!notice) return [];
  await verify(client, webhookId, signed.data, body);
  return [notice];
};

const refused = (reason: string, cause?: unknown): WebhookRefused =>
  new WebhookRefused(`A message to paypal's webhook is refused: ${reason}.`, { cause });

/** The event goes back as the bytes that came: written anew it might not be what was signed. */
const verify = async (
  client: PaypalClient,
  webhookId: string,
  headers: z.output<typeof headersSchema>,
  body: Buffer,
): Promise<void> => {
  const asked = JSON.stringify({
    auth_algo: headers['paypal-auth-algo'],
    cert_url: headers['paypal-cert-url'],
    transmission_id: headers['paypal-transmission-id'],
    transmission_sig: headers['paypal-transmission-sig'],
    transmission_time: headers['paypal-transmission-time'],
    webhook_id: webhookId,
  });
  const whole = `${asked.slice(0, -1)},"webhook_event":${body.toString('utf8')}}`;
  const status = await client
    .ask('/v1/notifications/verify-webhook-signature', whole)
    .then((answer) => parseAnswer(verifiedSchema, answer).verification_status)
    .catch((error: unknown) => {
      throw refused('paypal could not be asked whether it is its own', error);
    });
  if (status !== 'SUCCESS') throw refused('paypal says that it is not its own');
};

/**
 * Events are named at https://developer.paypal.com/payouts/webhooks. "The PAYOUTSBATCH webhooks do not
 * contain item-related information": of them only those that say something of every item are told.
 */
const noticeOf = ({ event_type, resource }: z.output<typeof eventSchema>): PayoutNotice | undefined => {
  if (event_type.startsWith('PAYMENT.PAYOUTS-ITEM.')) {
    const item = itemSchema.safeParse(resource).data;
    const key = keyOfBatch(item?.sender_batch_id);
    if (!item || key === undefined) return undefined;
    return { key, state: stateOfItem(item.transaction_status, item.payout_batch_id, item.errors?.name) };
  }
  if (event_type === 'PAYMENT.PAYOUTSBATCH.DENIED' || event_type === 'PAYMENT.PAYOUTSBATCH.PROCESSING') {
    const batch = createdSchema.safeParse(resource).data?.batch_header;
    const key = keyOfBatch(batch?.sender_batch_header?.sender_batch_id);
    if (!batch || key === undefined) return undefined;
    return { key, state: stateOfBatch(batch.batch_status, batch.payout_batch_id) };
  }
  return undefined;
};
