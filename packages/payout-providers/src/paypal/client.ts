import type { z } from 'zod';
import { type Answer, asProviderError, callHttp, retryAfterMs } from '../http.ts';
import { limits } from '../limits.ts';
import { ProviderError } from '../port.ts';
import { paypalLimits } from './limits.ts';
import { errorSchema, type PaypalError, tokenSchema } from './wire.ts';

export type PaypalCredentials = {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** In ms since 1970. */
  readonly now: () => number;
};

export type PaypalClient = {
  /** A question. @throws ProviderError where there is no answer, or the token is not taken */
  get(path: string): Promise<Answer>;
  /** A question that has a body. @throws as `get` */
  ask(path: string, body: string): Promise<Answer>;
  /** A call that may pay. @throws ProviderError `outcome_unknown` where nobody can tell whether it did */
  pay(path: string, body: string): Promise<Answer>;
  /** Asks for a new token. @throws ProviderError */
  signIn(): Promise<void>;
};

/**
 * PayPal's REST API by plain `fetch`: PayPal has ended its SDKs for Payouts (Payouts-NodeJS-SDK is archived),
 * and its kept one, @paypal/paypal-server-sdk, does not cover them.
 *
 * It signs in by client credentials (https://developer.paypal.com/api/rest/authentication/), keeps the token
 * until shortly before its end, and asks for a new one, once, where it is refused earlier.
 */
export const createClient = (credentials: PaypalCredentials): PaypalClient => {
  const { url, now } = credentials;
  let token: { readonly text: Promise<string>; endsAt: number } | undefined;

  const takeToken = (): Promise<string> => {
    if (token && token.endsAt > now()) return token.text;
    const mine = { endsAt: Number.POSITIVE_INFINITY, text: Promise.resolve('') };
    mine.text = signIn(credentials).then(
      ({ access_token, expires_in }) => {
        const livesMs = Math.min(expires_in * 1_000, paypalLimits.maxTokenMs) - paypalLimits.tokenMarginMs;
        mine.endsAt = now() + livesMs;
        return access_token;
      },
      (error: unknown) => {
        if (token === mine) token = undefined;
        throw error;
      },
    );
    token = mine;
    return mine.text;
  };

  const call = async (
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    kind: 'pay' | 'read',
  ): Promise<Answer> => {
    const timeoutMs = kind === 'pay' ? limits.payTimeoutMs : limits.readTimeoutMs;
    for (let attempt = 1; ; attempt += 1) {
      const bearer = await takeToken();
      const used = token;
      const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
      const answer = await callHttp({
        method,
        url: `${url}${path}`,
        headers,
        ...(body && { body }),
        timeoutMs,
      }).catch((error: unknown) => {
        throw asProviderError('paypal', error, kind);
      });
      if (answer.status !== 401) return answer;
      if (token === used) token = undefined;
      if (attempt === 2) throw badCredentials();
    }
  };

  return {
    get: (path) => call('GET', path, undefined, 'read'),
    ask: (path, body) => call('POST', path, body, 'read'),
    pay: (path, body) => call('POST', path, body, 'pay'),
    signIn: async () => {
      token = undefined;
      await takeToken();
    },
  };
};

const badCredentials = (): ProviderError =>
  new ProviderError('misconfigured', 'paypal does not take PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET.');

/** Nothing is paid by signing in, so nothing is unknown where it fails. */
const signIn = async ({
  url,
  clientId,
  clientSecret,
}: PaypalCredentials): Promise<z.output<typeof tokenSchema>> => {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const answer = await callHttp({
    method: 'POST',
    url: `${url}/v1/oauth2/token`,
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
    timeoutMs: limits.readTimeoutMs,
  }).catch((error: unknown) => {
    throw asProviderError('paypal', error, 'read');
  });
  if (answer.status === 400 || answer.status === 401) throw badCredentials();
  const parsed = tokenSchema.safeParse(answer.body);
  if (answer.status !== 200 || !parsed.success) {
    throw new ProviderError(
      'unavailable',
      `paypal gave no token: HTTP ${answer.status}.`,
      retryAfterMs(answer.headers),
    );
  }
  return parsed.data;
};

/** An answer that must be understood. @throws ProviderError `unavailable`, `misconfigured` */
export const parseAnswer = <Schema extends z.ZodType>(schema: Schema, answer: Answer): z.output<Schema> => {
  if (answer.status >= 300) throw readFailure(answer);
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  throw new ProviderError('unavailable', 'paypal answered what is not to be understood.');
};

/** Why a question was not answered. */
export const readFailure = (answer: Answer): ProviderError => {
  const reason = reasonOf(answer);
  if (answer.status === 403) return new ProviderError('misconfigured', `paypal forbids it: ${reason}.`);
  return new ProviderError('unavailable', `paypal: ${reason}.`, retryAfterMs(answer.headers));
};

export const errorOf = (answer: Answer): PaypalError | undefined => errorSchema.safeParse(answer.body).data;

/** PayPal's name for what went wrong and where: no values, which might be somebody's. */
export const reasonOf = (answer: Answer): string => {
  const error = errorOf(answer);
  if (!error) return `HTTP ${answer.status}`;
  const details = error.details?.map(({ field, issue }) => [field, issue].filter(Boolean).join(': ')) ?? [];
  return [error.name, ...details].join('; ').slice(0, limits.maxReasonChars);
};
