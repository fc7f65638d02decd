import type { Refusal } from '@carat/protocol';
import { limits } from './limits.ts';

/** The api said no. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The api under whose address this page is, asked as one person. */
export type Api = {
  /** @throws ApiRefusal, or another error where the api cannot be reached */
  readonly get: <T>(path: string, signal?: AbortSignal) => Promise<T>;
  readonly send: <T>(
    method: Exclude<Method, 'GET'>,
    path: string,
    body?: object,
    signal?: AbortSignal,
  ) => Promise<T>;
  /** The answer as it is, such as a document. */
  readonly getFile: (path: string) => Promise<Blob>;
};

/** @param token asked for at each request, as it may be renewed */
export const createApi = (token: () => string): Api => {
  const ask = async (
    method: Method,
    path: string,
    body?: object,
    signal?: AbortSignal,
  ): Promise<Response> => {
    const timeout = AbortSignal.timeout(limits.maxRequestMs);
    const response = await fetch(path, {
      method,
      headers: { authorization: `Bearer ${token()}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (response.ok) return response;
    const answer: unknown = await response.json();
    if (typeof answer === 'object' && answer !== null && 'refused' in answer) {
      throw new ApiRefusal(answer as Refusal);
    }
    throw new Error(`${method} ${path}: ${response.status}`);
  };
  return {
    get: async (path, signal) => (await ask('GET', path, undefined, signal)).json(),
    send: async (method, path, body, signal) => (await ask(method, path, body, signal)).json(),
    getFile: async (path) => (await ask('GET', path)).blob(),
  };
};

/** A path with its parts made safe: `` path`/lives/${live}/goal` ``. */
export const path = (texts: TemplateStringsArray, ...parts: readonly string[]): string =>
  texts.reduce((all, text, n) => `${all}${encodeURIComponent(parts[n - 1] ?? '')}${text}`);
