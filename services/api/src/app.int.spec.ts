import { connect } from 'node:net';
import { streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { EventStoreError } from '@carat/event-store';
import { refusals } from '@carat/protocol';
import { createHealth, createLogger } from '@carat/service-kit';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { limits } from './limits.ts';
import { changeStore, creator, operator, service, startApi, viewer } from './testing/api-under-test.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const json = { 'content-type': 'application/json' };
const grant = { grant: 'g', viewer: 'vera', coins: 1 };

describe('whatever is asked, refusals are one kind of JSON', () => {
  it.each([
    ['GET', '/nothing/here'],
    ['GET', '/lives'],
    ['POST', '/catalogue/rose'],
  ] as const)('%s %s is not found', async (method, url) => {
    await api.callRefused('not_found', method, url, operator);
  });

  it('an id that is none is invalid, whatever its length', async () => {
    const endless = 'x'.repeat(limits.maxParamChars + 1);
    await api.callRefused('invalid', 'GET', `/lives/${endless}`, viewer);
    for (const id of ['x'.repeat(129), 'a%20b', 'a%2Fb', '%F0%9F%8C%B9']) {
      expect((await api.callRefused('invalid', 'GET', `/lives/${id}`, viewer)).path).toBe('live');
    }
    await api.callRefused('live_unknown', 'GET', `/lives/${'x'.repeat(128)}`, viewer);
  });

  it('an address that cannot be decoded is invalid', async () => {
    await api.callRefused('invalid', 'GET', '/lives/%zz', viewer);
  });

  it.each([
    ['that is not JSON', '{"grant":', json],
    ['that is empty', '', json],
    ['that is no object', '[]', json],
    ['that is text', 'hello', { 'content-type': 'text/plain' }],
    ['of no declared type', '{}', {}],
    ['that would poison a prototype', '{"__proto__":{"coins":1}}', json],
    ['that is too large', JSON.stringify({ ...grant, more: 'x'.repeat(limits.maxBodyBytes) }), json],
  ])('a body %s is invalid', async (_, body, headers) => {
    const response = await api.send('POST', '/grants', { as: service, body, headers });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ refused: 'invalid', retry: false, path: expect.any(String) });
    expect(response.body).not.toMatch(/node_modules|\.ts|at /);
  });

  it('`invalid` comes before `unauthenticated`, and that before all others', async () => {
    await api.callRefused('invalid', 'POST', '/grants', undefined, { ...grant, coins: 0 });
    await api.callRefused('unauthenticated', 'POST', '/grants', undefined, grant);
    await api.callRefused('unauthenticated', 'GET', '/lives/nowhere');
  });

  it('says how to authenticate', async () => {
    const response = await api.send('GET', '/rates', { headers: { authorization: 'Bearer nonsense' } });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });
});

describe('what the caller is not to blame for', () => {
  const withAppend = (append: EventStore['append']) =>
    startApi({ store: changeStore(api.store, { append }) });

  it('a store that is away: overloaded, for reading and for writing', async () => {
    const away = () => Promise.reject(new EventStoreError('unavailable', 'Nobody answers at 10.0.0.7.'));
    const cut = await startApi({ store: changeStore(api.store, { readStream: away, append: away }) });
    for (const url of ['/lives/l1', '/catalogue', '/rates', '/wallets/vera', '/lives/l1/totals']) {
      const refused = await cut.callRefused('overloaded', 'GET', url, operator);
      expect(refused.retryAfterMs).toBeGreaterThan(0);
      expect(JSON.stringify(refused)).not.toContain('10.0.0.7');
    }
    await cut.callRefused('overloaded', 'POST', '/grants', service, grant);
    await cut.close();
    const writeless = await withAppend(away);
    await writeless.callRefused('overloaded', 'POST', '/lives', creator, { creator: 'carla' });
    await writeless.callRefused('overloaded', 'POST', '/rates', operator, { millidiamondsPerCoin: 1 });
    await writeless.callRefused('overloaded', 'POST', '/grants', service, grant);
    await writeless.close();
  });

  it('a fault of the service: nothing of it is told', async () => {
    const broken = await withAppend(() => Promise.reject(new TypeError('secret detail')));
    const refused = await broken.callRefused('outcome_unknown', 'POST', '/grants', service, grant);
    expect(JSON.stringify(refused)).not.toContain('secret');
    await broken.close();
  });

  it('a fault of the service is logged with its path, and without what was asked by it', async () => {
    const lines: string[] = [];
    const log = createLogger({ service: 'api' }, { write: (line) => void lines.push(line) });
    const readStream = () => Promise.reject(new TypeError('a fault'));
    const broken = await startApi({ log, store: changeStore(api.store, { readStream }) });
    await broken.send('GET', '/rates?token=a-secret', { as: operator });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'a request failed', path: '/rates' },
    ]);
    expect(lines.join()).not.toContain('a-secret');
    await broken.close();
  });

  it('an event that cannot be read: refused, not guessed', async () => {
    const events = [{ id: v7(), type: 'CoinsGranted', data: { coins: 'many' } }];
    await api.store.append([{ stream: streams.wallet('odd'), expected: 'no_stream', events }]);
    const refused = await api.callRefused('overloaded', 'GET', '/wallets/odd', operator);
    expect(refused.message).toMatch(/fault of its own/);
  });

  it('too many requests at once: refused before anything is done', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const store = changeStore(api.store, {
      readStream: async (stream, read) => {
        await held;
        return api.store.readStream(stream, read);
      },
    });
    const busy = await startApi({ store });
    const waiting = Array.from({ length: limits.maxRequestsInFlight }, () =>
      busy.call('GET', '/rates', viewer),
    );
    await waitUntilFull(busy);
    await busy.callRefused('overloaded', 'GET', '/rates', viewer);
    expect((await busy.call('GET', '/config')).status).toBe(200);
    release();
    expect((await Promise.all(waiting)).every(({ status }) => status === 200)).toBe(true);
    expect((await busy.call('GET', '/rates', viewer)).status).toBe(200);
    await busy.close();
  }, 30_000);
});

/** Waits until as many requests are in flight as there may be. */
const waitUntilFull = (busy: typeof api): Promise<void> =>
  vi.waitFor(async () => {
    const { body } = await busy.app.inject('/metrics');
    expect(body).toContain(`carat_http_requests_in_flight{service="api"} ${limits.maxRequestsInFlight}`);
  }, 20_000);

describe('what is open to everyone', () => {
  it('tells where the gateway is', async () => {
    expect(await api.call('GET', '/config')).toEqual({
      status: 200,
      body: { gateway: 'http://gateway.test:3001' },
    });
  });

  it('tells how the process does', async () => {
    const health = createHealth();
    const own = await startApi({ health });
    expect((await own.app.inject('/livez')).statusCode).toBe(200);
    expect((await own.app.inject('/readyz')).json()).toEqual({ ok: true, checks: {} });
    health.add('event store', () => 'away');
    const unready = await own.app.inject('/readyz');
    expect([unready.statusCode, unready.json().checks]).toEqual([503, { 'event store': 'away' }]);
    await own.call('GET', '/lives/l1', viewer);
    const metrics = await own.app.inject('/metrics');
    expect(metrics.headers['content-type']).toMatch('text/plain');
    expect(metrics.body).toMatch(
      /carat_http_request_seconds_count\{.*route="\/lives\/:live".*status="404".*\} 1/,
    );
    await own.close();
  });
});

it('answers what is no HTTP at all with one line, and goes on', async () => {
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = api.app.server.address() as { port: number };
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write('GIFT ME\r\n\r\n'));
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('close', () => resolve(text)).on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ refused: 'invalid' });
  const response = await fetch(`http://127.0.0.1:${port}/lives/l1`);
  expect(response.status).toBe(refusals.unauthenticated.status);
});
