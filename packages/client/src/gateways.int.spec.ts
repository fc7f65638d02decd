import { refuse } from '@carat/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Carat } from './carat.ts';
import { type ConnectOptions, connect } from './connect.ts';
import type { FeedPart } from './feed.ts';
import { findGateway } from './find-gateway.ts';
import { startGateway, type TestGateway, unknownLive } from './gateway.fixture.ts';
import { createLog } from './log.fixture.ts';

const limits = {
  connectTimeoutMs: 1_000,
  firstRetryMs: 5,
  longestRetryMs: 40,
  longestReconnectMs: 40,
  answerTimeoutMs: 500,
};
const soon = { timeout: 5_000, interval: 5 };

let log: ReturnType<typeof createLog>;
let one: TestGateway;
let two: TestGateway;
let carat: Carat | undefined;

const open = async (url: ConnectOptions['url']): Promise<Carat> => {
  carat = await connect({ url, token: 't', limits });
  return carat;
};
const start = async (port?: number): Promise<TestGateway> => {
  const gateway = await startGateway(port === undefined ? { log } : { log, port });
  const totals = { coins: 0, gifts: 0, senders: 0 };
  gateway.snapshot = () => {
    const asOf = { generation: 'g1', position: log.position };
    return { ...unknownLive, numbers: { asOf, totals, board: { asOf, entries: [] } } };
  };
  return gateway;
};

beforeEach(async () => {
  log = createLog();
  [one, two] = [await start(), await start()];
});
afterEach(async () => {
  await carat?.close();
  await Promise.all([one.close(), two.close()]);
});

describe('several gateways', () => {
  it('are tried one after the other, and the one that took the client stays the first choice', async () => {
    const connected = await open(['http://127.0.0.1:1', two.url, one.url]);
    expect([one.tokens, two.tokens]).toEqual([[], ['t']]);
    two.cutAll();
    await vi.waitFor(() => expect(two.tokens).toHaveLength(2), soon);
    await vi.waitFor(() => expect(connected.connected).toBe(true), soon);
    await two.close();
    await vi.waitFor(() => expect(one.tokens).toHaveLength(1), soon);
    await vi.waitFor(() => expect(connected.connected).toBe(true), soon);
  });

  it('can be found anew at each attempt, by the API that knows one', async () => {
    let asked = 0;
    await open(() =>
      ++asked === 1 ? Promise.reject(new Error('nobody knows')) : findGateway(`${two.url}/`)(),
    );
    expect([asked, two.tokens]).toEqual([2, ['t']]);
    await expect(findGateway('http://127.0.0.1:1')()).rejects.toThrow();
    await expect(open([])).rejects.toMatchObject({ code: 'connect_failed' });
  });

  it('that say no for a while are left for the next one', async () => {
    one.door = () => refuse('too_many_connections', { retryAfterMs: 60_000 });
    await open([one.url, two.url]);
    expect([one.tokens, two.tokens]).toEqual([['t'], ['t']]);
  });

  it('that have too many connections are come back to when they said', async () => {
    one.door = () => refuse('too_many_connections', { retryAfterMs: 60 });
    const began = performance.now();
    const connecting = open(one.url);
    await vi.waitFor(() => expect(one.tokens).toHaveLength(1), soon);
    one.door = () => undefined;
    await connecting;
    expect(one.tokens).toHaveLength(2);
    expect(performance.now() - began).toBeGreaterThanOrEqual(60);
  });
});

it('bookings come once each, in order, over cuts, lost parts and a gateway that dies for good', async () => {
  const connected = await open([one.url, two.url]);
  const parts: FeedPart[] = [];
  const watching = connected.watch('l', { onFeed: (part) => parts.push(part) });
  await watching.ready;
  log.pageSize = 7;
  const seen = () => parts.flatMap(({ bookings }) => bookings.map(({ position }) => position));
  for (let round = 1; round <= 60; round++) {
    log.book(1 + (round % 5));
    const part = log.part();
    if (round % 4 !== 0) for (const gateway of [one, two]) gateway.io.to('l').emit('live:feed', part);
    if (round % 10 === 0) for (const gateway of [one, two]) gateway.cutAll();
    if (round === 30) await one.close();
    const before = seen().length;
    if (round % 3 === 0 && round % 10 !== 0 && round % 4 !== 0)
      await vi.waitFor(() => expect(seen().length).toBeGreaterThan(before), soon);
  }
  await vi.waitFor(() => expect(watching.status).toBe('live'), soon);
  log.book(1);
  two.io.to('l').emit('live:feed', log.part());
  await vi.waitFor(() => expect(seen()).toHaveLength(log.all.length), soon);
  expect(seen()).toEqual(log.all.map(({ position }) => position));
  expect(parts.some(({ gap }) => gap)).toBe(false);
});
