import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPolicy, defaultScale } from '@carat/domain';
import { type EventStore, openEventStore } from '@carat/event-store';
import { type RefusalCode, refusal, refusals } from '@carat/protocol';
import {
  createAuth,
  createClock,
  createHealth,
  createLogger,
  createMetrics,
  signToken,
} from '@carat/service-kit';
import { v7 } from 'uuid';
import { expect } from 'vitest';
import { buildApi, type Dependencies } from '../app.ts';
import type { NumbersReader } from '../numbers.ts';
import type { App } from '../routes/route.ts';

export const secret = 'a-secret-that-only-these-specs-know-about';
export const auth = createAuth({ CARAT_JWT_SECRET: secret });

/** Opens any number of connections to one new log in a folder of its own. */
export const createLog = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-api-'));
  const stores: EventStore[] = [];
  return {
    dir,
    open: async (): Promise<EventStore> => {
      const store = await openEventStore(`sqlite:${join(dir, 'log.db')}`);
      stores.push(store);
      return store;
    },
    remove: async (): Promise<void> => {
      for (const store of stores) await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

/** A real store, some of whose ways are other ones: cut, slow, counted. */
export const changeStore = (store: EventStore, changed: Partial<EventStore>): EventStore => ({
  append: (writes) => store.append(writes),
  readStream: (stream, read) => store.readStream(stream, read),
  readAll: (read) => store.readAll(read),
  head: () => store.head(),
  eventAt: (position) => store.eventAt(position),
  onMore: (listener) => store.onMore(listener),
  close: () => store.close(),
  ...changed,
});

/** A process's own clock and everything else but the store, which the caller brings. */
export const dependenciesOf = (store: EventStore, more: Partial<Dependencies> = {}): Dependencies => {
  const clock = createClock();
  return {
    store,
    numbers: unreadable,
    money: { policy: defaultPolicy, scale: defaultScale, providers: ['sandbox'] },
    auth,
    clock,
    newId: () => v7({ msecs: clock.now() }),
    clockFault: () => undefined,
    health: createHealth(),
    metrics: createMetrics('api'),
    log: createLogger({ service: 'api', level: 'silent' }),
    gatewayUrl: 'http://gateway.test:3001',
    pagesDir: '/nowhere',
    ...more,
  };
};

const away = () => Promise.reject(new Error('nothing was given to read numbers from'));
export const unreadable: NumbersReader = {
  liveTotals: away,
  liveBoard: away,
  liveFeed: away,
  earnings: away,
  liveMinutes: away,
  creatorDays: away,
  creatorLives: away,
  board: away,
  definedBoard: away,
};

export type Caller = { readonly sub: string; readonly roles: readonly string[] };
export const service: Caller = { sub: 'platform', roles: ['service'] };
export const operator: Caller = { sub: 'olga', roles: ['operator'] };
export const creator: Caller = { sub: 'carla', roles: ['creator'] };
export const otherCreator: Caller = { sub: 'chris', roles: ['creator'] };
export const viewer: Caller = { sub: 'vera', roles: ['viewer'] };

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Answer = { readonly status: number; readonly body: Record<string, unknown> };

/** Calls an api as somebody; every answer must be one that the OpenAPI document tells of. */
export const callerOf = (app: App) => {
  const send = async (
    method: Method,
    url: string,
    options: { as?: Caller | undefined; body?: unknown; headers?: Record<string, string> },
  ) => {
    const { as, body, headers = {} } = options;
    const token = as && (await signToken({ ...as, ttlSeconds: 60 }, secret));
    return app.inject({
      method,
      url,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { payload: body as object }),
    });
  };

  const call = async (method: Method, url: string, as?: Caller, body?: unknown): Promise<Answer> => {
    const response = await send(method, url, { as, body });
    const answer = { status: response.statusCode, body: response.json() };
    expectDocumented(app, method, url, answer);
    return answer;
  };

  const callRefused = async (
    code: RefusalCode,
    method: Method,
    url: string,
    as?: Caller,
    body?: unknown,
  ): Promise<Answer['body']> => {
    const answer = await call(method, url, as, body);
    expect(answer).toMatchObject({ status: refusals[code].status, body: { refused: code } });
    expect(refusal.strict().parse(answer.body).retry).toBe(refusals[code].retry);
    return answer.body;
  };
  return { send, call, callRefused };
};

/** A route that is described must tell of every status, and every code of refusal, that it answers. */
const expectDocumented = (app: App, method: Method, url: string, { status, body }: Answer): void => {
  const path = url.replace(/\?.*/, '');
  for (const [template, operations] of Object.entries(app.swagger().paths ?? {})) {
    const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    const operation = operations?.[method.toLowerCase() as 'get'];
    if (!pattern.test(path) || operation === undefined) continue;
    const response = operation.responses?.[status] as { description: string } | undefined;
    expect(response, `${method} ${template} answers ${status}`).toBeDefined();
    if (body.refused) expect(response?.description, `${method} ${template}`).toContain(`\`${body.refused}\``);
  }
};

/** One api over a log of its own, or a given one. */
export const startApi = async (more: Partial<Dependencies> = {}) => {
  const log = await createLog();
  const store = more.store ?? (await log.open());
  const app = buildApi(dependenciesOf(store, more));
  await app.ready();
  return {
    app,
    store,
    ...callerOf(app),
    close: async (): Promise<void> => {
      await app.close();
      await log.remove();
    },
  };
};
