import { createHmac, timingSafeEqual } from 'node:crypto';
import { limits } from '../limits.ts';

/** The header that carries the signature: `t=<ms since 1970>,v1=<HMAC-SHA256 of "<t>.<body>" in hex>`. */
export const signatureHeader = 'carat-sandbox-signature';

const digest = (secret: string, at: string, body: Buffer | string): Buffer =>
  createHmac('sha256', secret).update(`${at}.`).update(body).digest();

export const signBody = (secret: string, at: number, body: Buffer | string): string =>
  `t=${at},v1=${digest(secret, String(at), body).toString('hex')}`;

const form = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/;

/** Why a signature is not to be believed, as a sentence; undefined where it is. `now`: ms since 1970. */
export const findFault = (
  secret: string,
  signature: string | undefined,
  body: Buffer,
  now: number,
): string | undefined => {
  const [, at, hex] = form.exec(signature ?? '') ?? [];
  if (!at || !hex) return 'it carries no signature';
  if (!timingSafeEqual(digest(secret, at, body), Buffer.from(hex, 'hex'))) return 'its signature is not ours';
  if (Math.abs(now - Number(at)) > limits.webhookToleranceMs) return 'it was signed too long ago';
  return undefined;
};
