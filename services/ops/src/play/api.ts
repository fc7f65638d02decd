import { setTimeout as pause } from 'node:timers/promises';
import { http, isRefusal } from '@carat/protocol';
import { describeFailure } from '@carat/service-kit';
import type { z } from 'zod';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';

type Request = {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly body?: object;
  readonly retryMs?: number;
};
type Answer<T extends z.ZodType> = z.output<T>;

/**
 * The api of a running system, with a service's rights. Whatever it refuses for good becomes a
 * `CommandError`.
 */
export type Api = {
  /** Where the gateway is; fails at once where no api answers. */
  gateway(): Promise<string>;
  listGift(gift: { id: string; name: string; coins: number; streakable: boolean }): Promise<void>;
  grant(grant: { grant: string; viewer: string; coins: number }): Promise<void>;
  startLive(live: { live: string; creator: string; title: string }): Promise<void>;
  endLive(live: string): Promise<void>;
  totals(live: string): Promise<Answer<typeof http.totals> | undefined>;
  board(live: string, limit: number): Promise<Answer<typeof http.board> | undefined>;
};

export const createApi = (url: string, token: string, signal: AbortSignal): Api => {
  const ask = async <T extends z.ZodType>(
    path: string,
    schema: T,
    request: Request = {},
  ): Promise<Answer<T>> => {
    const deadline = Date.now() + (request.retryMs ?? limits.maxRequestMs);
    for (;;) {
      const answer = await askOnce(url, path, token, request, signal);
      if ('body' in answer) return parse(path, schema, answer.body);
      if (!answer.retry || Date.now() >= deadline) throw new CommandError(answer.fault);
      await pause(limits.requestRetryMs, undefined, { signal });
    }
  };
  /** A read that is tried once: undefined where the numbers cannot be had right now. */
  const look = async <T extends z.ZodType>(path: string, schema: T): Promise<Answer<T> | undefined> => {
    const answer = await askOnce(url, path, token, {}, signal);
    if ('body' in answer) return parse(path, schema, answer.body);
    if (answer.retry) return undefined;
    throw new CommandError(answer.fault);
  };
  const post = (body: object): Request => ({ method: 'POST', body });
  const of = encodeURIComponent;
  return {
    gateway: async () => (await ask('/config', http.clientConfig, { retryMs: 0 })).gateway,
    listGift: async ({ id, ...body }) => {
      await ask(`/catalogue/${of(id)}`, http.gift, { method: 'PUT', body });
    },
    grant: async (body) => {
      await ask('/grants', http.grant, post(body));
    },
    startLive: async (body) => {
      await ask('/lives', http.live, post(body));
    },
    endLive: async (live) => {
      await ask(`/lives/${of(live)}/end`, http.live, { method: 'POST' });
    },
    totals: (live) => look(`/lives/${of(live)}/totals`, http.totals),
    board: (live, limit) => look(`/lives/${of(live)}/board?limit=${limit}`, http.board),
  };
};

const parse = <T extends z.ZodType>(path: string, schema: T, body: unknown): Answer<T> => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { path: at, message } = parsed.error.issues[0]!;
  throw new CommandError(
    `The api's answer to ${path} is not what it should be: ${at.join('.')}: ${message}.`,
  );
};

type Outcome = { readonly body: unknown } | { readonly fault: string; readonly retry: boolean };

const askOnce = async (
  url: string,
  path: string,
  token: string,
  { method = 'GET', body }: Request,
  ended: AbortSignal,
): Promise<Outcome> => {
  ended.throwIfAborted();
  try {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([ended, AbortSignal.timeout(limits.requestTimeoutMs)]),
    });
    const said: unknown = await response.json();
    if (response.ok) return { body: said };
    return refusalOf(path, response.status, said);
  } catch (error) {
    ended.throwIfAborted();
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { fault: `The api at ${url} cannot be asked: ${describeFailure(cause)}`, retry: true };
  }
};

const refusalOf = (path: string, status: number, said: unknown): Outcome => {
  if (typeof said === 'object' && said !== null && isRefusal(said)) {
    return { fault: `The api refused ${path} with ${said.refused}: ${said.message}`, retry: said.retry };
  }
  return { fault: `The api answered ${path} with status ${status}.`, retry: status >= 500 };
};
