import type { http } from '@carat/protocol';
import { defaultLimits } from './limits.ts';

/**
 * Asks the API for the address of its gateway. What it returns is a `url` for `connect`, which calls it at
 * each attempt: `connect({ url: findGateway('https://api.example.com'), token })`.
 */
export const findGateway =
  (apiUrl: string): (() => Promise<string>) =>
  async () => {
    const url = `${apiUrl.replace(/\/$/, '')}/config`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(defaultLimits.connectTimeoutMs) });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
    const { gateway } = (await answer.json()) as http.ClientConfig;
    return gateway;
  };
