import { parseJson } from './json.ts';
import { limits } from './limits.ts';
import { ProviderError } from './port.ts';

/** What came back. `body`: parsed JSON, or undefined where it is none. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown };

export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
};

/** An HTTP call that got no whole answer. `sent`: whether the other side may have got the request. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly sent: boolean;
  constructor(sent: boolean, options: ErrorOptions) {
    super(sent ? 'no answer came' : 'there is no connection', options);
    this.sent = sent;
  }
}

/** What fails before a connection is there: nothing of the request has left. */
const unsent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
/** A connection that is there may end in some of them too: only these calls say that it never was. */
const connecting = new Set(['connect', 'getaddrinfo']);
const unsentLibrary = 'UND_ERR_CONNECT_TIMEOUT';

/** Whether an error of a connection says for sure that nothing was sent. */
export const neverSent = (error: unknown): boolean => {
  const { code, syscall, cause, errors } = error as Partial<Record<string, unknown>>;
  if (code === unsentLibrary) return true;
  if (typeof code === 'string' && unsent.has(code) && connecting.has(String(syscall))) return true;
  if (Array.isArray(errors) && errors.length > 0) return errors.every(neverSent);
  return cause !== undefined && cause !== null && neverSent(cause);
};

/** One call, with a time limit, an answer of bounded size and no redirects. @throws Unanswered */
export const callHttp = async ({ method, url, headers, body, timeoutMs }: Call): Promise<Answer> => {
  try {
    const answer = await fetch(url, {
      method,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.status, headers: answer.headers, body: await readJson(answer) };
  } catch (error) {
    throw new Unanswered(!neverSent(error), { cause: error });
  }
};

const readJson = async (answer: Response): Promise<unknown> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limits.maxAnswerBytes)
      throw new Error(`the answer has more than ${limits.maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks));
};

/** As a provider's error: `pay` may have had its effect once it was sent, a question never has one. */
export const asProviderError = (provider: string, error: unknown, asked: 'pay' | 'read'): ProviderError => {
  if (error instanceof ProviderError) return error;
  const sent = !(error instanceof Unanswered) || error.sent;
  return asked === 'pay' && sent
    ? new ProviderError('outcome_unknown', `${provider} did not answer: nobody knows yet whether it paid.`, {
        cause: error,
      })
    : new ProviderError('unavailable', `${provider} can't be reached.`, { cause: error });
};

/** How long an answer asks to wait, in ms, by `retry-after` in seconds. */
export const retryAfterMs = (headers: Headers): { retryAfterMs?: number } => {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1_000 } : {};
};
