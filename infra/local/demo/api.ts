import { setTimeout as pause } from 'node:timers/promises';
import { signToken } from '@carat/service-kit';

const maxRequestMs = 5_000;
const retryMs = 500;
const tokenSeconds = 3_600;

/**
 * What the demo asks of the api, with a service's rights; each is tried again until it succeeds or `signal`
 * ends it.
 */
export type DemoApi = {
  listGift(gift: { id: string; name: string; coins: number; streakable: boolean }): Promise<void>;
  startLive(live: string, creator: string, title: string): Promise<void>;
  /** Tried once: the system may be on its way down. */
  endLive(live: string): Promise<void>;
  grant(grant: string, viewer: string, coins: number): Promise<void>;
};

export const createDemoApi = (url: string, secret: string, signal: AbortSignal): DemoApi => {
  const ask = async (method: string, path: string, body?: object): Promise<Response> => {
    const token = await signToken({ sub: 'demo', roles: ['service'], ttlSeconds: tokenSeconds }, secret);
    const json = { 'content-type': 'application/json' };
    return fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && json) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(maxRequestMs),
    });
  };
  const insist = async (method: string, path: string, body: object): Promise<void> => {
    for (;;) {
      const answer = await ask(method, path, body).catch(() => undefined);
      const text = await answer?.text().catch(() => '');
      if (answer?.ok) return;
      // What the api says no to for good is a defect of the demo; anything else passes.
      if (answer && answer.status < 500 && answer.status !== 429) {
        throw new Error(`${method} ${path} was refused: ${text}`);
      }
      await pause(retryMs, undefined, { signal });
    }
  };
  return {
    listGift: ({ id, ...gift }) => insist('PUT', `/catalogue/${id}`, gift),
    startLive: (live, creator, title) => insist('POST', '/lives', { live, creator, title }),
    endLive: async (live) => {
      await (await ask('POST', `/lives/${live}/end`)).body?.cancel();
    },
    grant: (grant, viewer, coins) => insist('POST', '/grants', { grant, viewer, coins }),
  };
};
