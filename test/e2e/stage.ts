import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Carat, CaratRefusal, connect } from '@carat/client';
import { type System, type SystemOptions, startSystem } from '@carat/local';
import type { Receipt, Refusal, Role } from '@carat/protocol';
import { signToken } from '@carat/service-kit';
import { v7 } from 'uuid';

type Answer = { readonly status: number; readonly body: unknown };

/** A whole system for one file of tests, with everyone who acts on it. */
export type Stage = {
  readonly system: System;
  token(role: Role, sub: string, ttlSeconds?: number): Promise<string>;
  /** One request to the api, by default as the platform's own back end. */
  call(method: string, path: string, body?: object, as?: { role: Role; sub: string }): Promise<Answer>;
  /** The same, where only success will do. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies field by field
  ask(method: string, path: string, body?: object, as?: { role: Role; sub: string }): Promise<any>;
  /** A client of the SDK, closed with the stage. */
  join(role: Role, sub: string, gateway?: number): Promise<Carat>;
  /** Starts a live with a gift of its own; `coins` is the gift's price. */
  openLive(options?: {
    coins?: number;
    streakable?: boolean;
  }): Promise<{ live: string; creator: string; gift: string }>;
  grant(viewer: string, coins: number): Promise<void>;
  stop(): Promise<void>;
};

export const raiseStage = async (options: Partial<SystemOptions> = {}): Promise<Stage> => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-e2e-'));
  const system = await startSystem({ dir, ...options });
  const clients: Carat[] = [];

  const token: Stage['token'] = (role, sub, ttlSeconds = 3_600) =>
    signToken({ sub, roles: [role], ttlSeconds }, system.secret);

  const call: Stage['call'] = async (method, path, body, as = { role: 'service', sub: 'platform' }) => {
    const headers: Record<string, string> = { authorization: `Bearer ${await token(as.role, as.sub)}` };
    if (body) headers['content-type'] = 'application/json';
    const response = await fetch(`${system.apiUrl}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };

  const ask: Stage['ask'] = async (method, path, body, as) => {
    const answer = await call(method, path, body, as);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.body;
  };

  return {
    system,
    token,
    call,
    ask,
    async join(role, sub, gateway = 0) {
      const carat = await connect({ url: system.gatewayUrls[gateway]!, token: () => token(role, sub) });
      clients.push(carat);
      return carat;
    },
    async openLive({ coins = 1, streakable = true } = {}) {
      const [live, creator, gift] = [`live-${v7()}`, `creator-${v7()}`, `gift-${v7()}`];
      await ask('PUT', `/catalogue/${gift}`, { name: 'Rose', coins, streakable });
      await ask('POST', '/lives', { live, creator });
      return { live, creator, gift };
    },
    async grant(viewer, coins) {
      await ask('POST', '/grants', { grant: v7(), viewer, coins });
    },
    async stop() {
      await Promise.allSettled(clients.map((client) => client.close()));
      await system.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

/** What became of a claim: its receipt, or its refusal as a value. */
export const outcome = async (claim: Promise<Receipt>): Promise<Receipt | Refusal> => {
  try {
    return await claim;
  } catch (error) {
    if (error instanceof CaratRefusal) return error.refusal;
    throw error;
  }
};
