import { createSign, createVerify, generateKeyPairSync, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { WebhookMessage } from '../../port.ts';

export type Signer = {
  readonly webhookId: string;
  sign(type: string, resource: object): WebhookMessage;
  /** Whether the body of a verify-webhook-signature call describes a message that was signed here. */
  verify(asked: string): boolean;
};

/** One for all doubles of a process: making one takes a while. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/**
 * Signs events as PayPal does: SHA256withRSA over `transmissionId|timeStamp|webhookId|crc32 of the body`
 * (https://developer.paypal.com/api/rest/webhooks/rest/#self-verification). The checksum is over the bytes as
 * they were sent, so an event that is written anew before it is sent back may fail, as it does at PayPal.
 */
export const createSigner = (now: () => number): Signer => {
  const webhookId = '1JE4291016473214C';
  const signed = (id: string, time: string, body: string): string =>
    [id, time, webhookId, crc32(body)].join('|');

  return {
    webhookId,
    sign: (type, resource) => {
      const time = new Date(now()).toISOString();
      // Spaces that no JSON.stringify of ours would write, as PayPal's own bodies are not ours to write.
      const body = JSON.stringify({ id: `WH-${randomUUID()}`, event_type: type, resource }).replace(
        '":',
        '" : ',
      );
      const id = randomUUID();
      const signature = createSign('RSA-SHA256')
        .update(signed(id, time, body))
        .sign(privateKey, 'base64');
      return {
        headers: {
          'paypal-auth-algo': 'SHA256withRSA',
          'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270',
          'paypal-transmission-id': id,
          'paypal-transmission-sig': signature,
          'paypal-transmission-time': time,
        },
        body: Buffer.from(body),
      };
    },
    verify: (asked) => {
      const { webhook_event: _, ...fields } = JSON.parse(asked);
      if (fields.webhook_id !== webhookId || fields.auth_algo !== 'SHA256withRSA') return false;
      const event = asked.slice(asked.indexOf('"webhook_event":') + '"webhook_event":'.length, -1);
      return createVerify('RSA-SHA256')
        .update(signed(fields.transmission_id, fields.transmission_time, event))
        .verify(publicKey, fields.transmission_sig, 'base64');
    },
  };
};
