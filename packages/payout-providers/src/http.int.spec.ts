import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { asProviderError, callHttp, neverSent, retryAfterMs, Unanswered } from './http.ts';
import { limits } from './limits.ts';

const calling = async (answer: RequestListener, timeoutMs = 5_000) => {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await callHttp({ method: 'POST', url, body: '{}', timeoutMs });
  } finally {
    server.closeAllConnections();
    server.close();
  }
};
const sent = (call: Promise<unknown>) => call.catch((error: Unanswered) => error.sent);

describe('a call', () => {
  it('tells status and body', async () => {
    const answer = await calling((_request, response) => response.writeHead(418).end('{"tea":true}'));
    expect([answer.status, answer.body]).toEqual([418, { tea: true }]);
  });

  it('tells a body that is no JSON as none', async () => {
    expect((await calling((_request, response) => response.end('<html>'))).body).toBeUndefined();
  });

  it('may have been sent where the answer is late, cut or too long', async () => {
    expect(await sent(calling(() => {}, 50))).toBe(true);
    expect(await sent(calling((request) => request.socket.destroy()))).toBe(true);
    expect(await sent(calling((_request, response) => response.writeHead(200).write('{')))).not.toBe(false);
    const long = Buffer.alloc(limits.maxAnswerBytes + 1, ' ');
    expect(await sent(calling((_request, response) => response.end(long)))).toBe(true);
  }, 20_000);

  it('was never sent where there is no connection', async () => {
    const call = { method: 'POST', url: 'http://127.0.0.1:2', timeoutMs: 5_000 } as const;
    expect(await sent(callHttp(call))).toBe(false);
    expect(await sent(callHttp({ ...call, url: 'http://no-such-host.invalid' }))).toBe(false);
  });

  it('may have been sent over a connection on which the way to the other side was lost', () => {
    const lost = Object.assign(new Error(), { code: 'EHOSTUNREACH', syscall: 'read' });
    expect(neverSent(new Error('fetch failed', { cause: lost }))).toBe(false);
    const none = Object.assign(new Error(), { code: 'EHOSTUNREACH', syscall: 'connect' });
    expect(neverSent(new Error('fetch failed', { cause: none }))).toBe(true);
    expect(neverSent(new AggregateError([none, lost]))).toBe(false);
  });

  it('follows no redirect: credentials stay where they were sent', async () => {
    const answer = await calling((_request, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:2/' }).end(),
    );
    expect(answer.status).toBe(302);
  });
});

describe('an error', () => {
  const cut = new Unanswered(true, {});
  const unsent = new Unanswered(false, {});
  it.each([
    ['a payment that may have been sent', cut, 'pay', 'outcome_unknown'],
    ['a payment that was not sent', unsent, 'pay', 'unavailable'],
    ['a question', cut, 'read', 'unavailable'],
    ['anything else that a payment ends in', new Error('odd'), 'pay', 'outcome_unknown'],
  ] as const)('says of %s what is known', (_, error, kind, code) => {
    expect(asProviderError('bank', error, kind)).toMatchObject({ code });
  });
});

it.each([
  ['2', { retryAfterMs: 2_000 }],
  ['Wed, 21 Oct 2026 07:28:00 GMT', {}],
  [undefined, {}],
])('retry-after %s', (value, expected) => {
  expect(retryAfterMs(new Headers(value === undefined ? {} : { 'retry-after': value }))).toEqual(expected);
});
