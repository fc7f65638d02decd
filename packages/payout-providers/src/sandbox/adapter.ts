import { z } from 'zod';
import { type Answer, asProviderError, callHttp, retryAfterMs } from '../http.ts';
import { parseJson } from '../json.ts';
import { limits } from '../limits.ts';
import { checkPayment, paymentSchema } from '../payment.ts';
import { type PayoutProvider, ProviderError, WebhookRefused } from '../port.ts';
import { sandboxMemoryMs } from './limits.ts';
import { stateSchema } from './payout.ts';
import { findFault, signatureHeader } from './signature.ts';

export type SandboxSettings = {
  readonly url: string;
  readonly secret: string;
  /** In ms since 1970. */
  readonly now?: () => number;
};

const answered = z.object({ state: stateSchema });
const noticeSchema = z.object({ key: paymentSchema.shape.key, state: stateSchema });
const pageSchema = z.object({
  payouts: z.array(paymentSchema.extend({ reference: z.string(), state: stateSchema, madeAt: z.int() })),
  next: z.string().optional(),
  completeTo: z.number(),
});

/** The provider `sandbox`: see `startSandbox`. It moves no money. */
export const createSandbox = ({ url, secret, now = Date.now }: SandboxSettings): PayoutProvider => {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const base = url.replace(/\/+$/, '');

  const read = async (path: string): Promise<Answer> => {
    try {
      return await callHttp({
        method: 'GET',
        url: `${base}${path}`,
        headers,
        timeoutMs: limits.readTimeoutMs,
      });
    } catch (error) {
      throw asProviderError('sandbox', error, 'read');
    }
  };

  return {
    name: 'sandbox',
    memoryMs: sandboxMemoryMs,
    listDelayMs: 0,

    pay: async (payment) => {
      const body = JSON.stringify(checkPayment(payment));
      const call = { method: 'POST', url: `${base}/payouts`, headers, body } as const;
      try {
        const answer = await callHttp({ ...call, timeoutMs: limits.payTimeoutMs });
        if (answer.status >= 300) throw failureOf(answer, 'pay');
        return answered.parse(answer.body).state;
      } catch (error) {
        throw asProviderError('sandbox', error, 'pay');
      }
    },

    look: async ({ key }) => {
      const answer = await read(`/payout?${new URLSearchParams({ key })}`);
      if (answer.status === 404) return undefined;
      return parseRead(answered, answer).state;
    },

    list: async ({ from, to, page }) => {
      const query = new URLSearchParams({ from: String(from), to: String(to), ...(page && { after: page }) });
      const { payouts, next, completeTo } = parseRead(pageSchema, await read(`/payouts?${query}`));
      return { payouts: payouts.map((payout) => ({ ...payout, referenceFrom: 'pay' })), next, completeTo };
    },

    readWebhook: async ({ headers: sent, body }) => {
      const fault =
        body.length > limits.maxWebhookBytes
          ? 'it is too long'
          : findFault(secret, sent[signatureHeader], body, now());
      if (fault) throw new WebhookRefused(`A message to the sandbox's webhook is refused: ${fault}.`);
      const notice = noticeSchema.safeParse(parseJson(body));
      return notice.success ? [notice.data] : [];
    },

    check: async () => {
      const answer = await read('/faults');
      if (answer.status >= 300) throw failureOf(answer, 'read');
    },

    close: async () => {},
  };
};

const parseRead = <Schema extends z.ZodType>(schema: Schema, answer: Answer): z.output<Schema> => {
  if (answer.status >= 300) throw failureOf(answer, 'read');
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  throw new ProviderError('unavailable', 'sandbox answered what is not to be understood.');
};

const errorSchema = z.object({ error: z.string() });

const failureOf = ({ status, headers, body }: Answer, asked: 'pay' | 'read'): ProviderError => {
  const told = errorSchema.safeParse(body);
  const reason = (told.success ? told.data.error : `HTTP ${status}`).slice(0, limits.maxReasonChars);
  if (status === 401)
    return new ProviderError('misconfigured', 'sandbox does not take CARAT_SANDBOX_SECRET.');
  if (status === 409) return new ProviderError('key_taken', `sandbox: ${reason}.`);
  if (status === 400 || status === 422) return new ProviderError('refused', `sandbox: ${reason}.`);
  const code = asked === 'read' || status === 503 ? 'unavailable' : 'outcome_unknown';
  return new ProviderError(code, `sandbox: ${reason}.`, retryAfterMs(headers));
};
