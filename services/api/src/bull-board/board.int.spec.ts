import { refusals } from '@carat/protocol';
import { createLogger, signToken } from '@carat/service-kit';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LocalRedis, startRedis } from '../../../../infra/local/redis.ts';
import { type Caller, operator, secret, service, startApi, viewer } from '../testing/api-under-test.ts';
import { boardPath } from './board.ts';
import { type Jobs, openJobs } from './jobs.ts';

let server: LocalRedis;
let redis: Redis;
let queue: Queue;
let jobs: Jobs;
let api: Awaited<ReturnType<typeof startApi>>;

beforeEach(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  redis.on('error', () => undefined);
  queue = new Queue('units', { connection: redis, prefix: '{carat-jobs}' });
  jobs = openJobs(server.url, createLogger({ service: 'api', level: 'silent' }));
  api = await startApi({ system: { redis, jobs } });
  await expect.poll(() => jobs.isAway()).toBe(false);
});
afterEach(async () => {
  await api.close();
  await jobs.close();
  await queue.close();
  redis.disconnect();
  await server.stop();
});

const see = (path: string, as?: Caller) => api.send('GET', `${boardPath}${path}`, { as });

it('shows operators the jobs, with pages that load nothing from elsewhere', async () => {
  await queue.add('creators', { generation: 'g' });
  const page = await see('', operator);
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toMatch('text/html');
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; /);
  expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");

  const script = /src="(static\/js\/main[^"]+)"/.exec(page.body)![1];
  const loaded = await see(`/${script}`, operator);
  expect(loaded.statusCode).toBe(200);
  expect(loaded.headers['content-type']).toMatch('javascript');

  const seen = await see('/api/queues?activeQueue=units&status=waiting', operator);
  expect(seen.json().queues).toMatchObject([
    { name: 'units', readOnlyMode: true, counts: { waiting: 1 }, jobs: [{ name: 'creators' }] },
  ]);
});

it.each([
  ['a page', ''],
  ['what a page loads', '/static/favicon.ico'],
  ['the jobs', '/api/queues'],
])('keeps %s from everybody else, as the api refuses', async (_, path) => {
  const nobody = await see(path);
  expect(nobody.statusCode).toBe(refusals.unauthenticated.status);
  expect(nobody.json()).toMatchObject({ refused: 'unauthenticated' });
  expect(nobody.headers['www-authenticate']).toBe('Bearer');
  for (const caller of [viewer, service]) {
    const other = await see(path, caller);
    expect(other.statusCode).toBe(refusals.forbidden.status);
    expect(other.json()).toMatchObject({ refused: 'forbidden' });
  }
});

const signIn = (as: Caller | undefined, headers = {}) => api.send('POST', boardPath, { as, headers });

it('keeps the token of an operator’s page as a cookie of this path while it lasts', async () => {
  const signedIn = await signIn(operator);
  expect(signedIn.statusCode).toBe(200);
  const { expiresAt } = signedIn.json();
  expect(expiresAt).toBeGreaterThan(Date.now());
  const [cookie, ...attributes] = String(signedIn.headers['set-cookie']).split('; ');
  expect(attributes).toEqual([
    `Path=${boardPath}`,
    `Expires=${new Date(expiresAt).toUTCString()}`,
    'HttpOnly',
    'SameSite=Lax',
  ]);
  expect(signedIn.headers).toMatchObject({ 'cache-control': 'no-store' });

  const url = `${boardPath}/api/queues`;
  const headers = { cookie: `other=1; ${cookie}` };
  expect((await api.send('GET', url, { headers })).statusCode).toBe(200);
  expect((await api.send('GET', url, { headers: { cookie: `${cookie}x` } })).statusCode).toBe(401);
  // Nowhere else is anybody let in by it, and it is not renewed by itself.
  expect((await api.send('GET', '/wallets/vera', { headers })).statusCode).toBe(401);
  expect((await signIn(undefined, headers)).json()).toMatchObject({ refused: 'unauthenticated' });
});

it('says that a cookie goes by TLS only, where the request did', async () => {
  const { headers } = await signIn(operator, { 'x-forwarded-proto': 'https' });
  expect(headers['set-cookie']).toMatch(/; Secure$/);
});

it('gives nobody else a cookie', async () => {
  for (const [caller, code] of [
    [viewer, 'forbidden'],
    [undefined, 'unauthenticated'],
  ] as const) {
    const refused = await signIn(caller);
    expect(refused.json()).toMatchObject({ refused: code });
    expect(refused.headers['set-cookie']).toBeUndefined();
  }
});

it('takes no token by the address, which logs and histories keep', async () => {
  const token = await signToken({ ...operator, ttlSeconds: 60 }, secret);
  for (const method of ['GET', 'POST'] as const) {
    const refused = await api.send(method, `${boardPath}?token=${token}`, {});
    expect(refused.json()).toMatchObject({ refused: 'unauthenticated' });
    expect(refused.headers['set-cookie']).toBeUndefined();
  }
});

it('changes nothing', async () => {
  await queue.add('creators', { generation: 'g' });
  for (const path of ['/api/queues/pause', '/api/queues/units/empty', '/api/queues/units/1/clean']) {
    const refused = await api.send('PUT', `${boardPath}${path}`, { as: operator });
    expect(refused.json()).toMatchObject({ refused: 'forbidden' });
  }
  expect(await queue.isPaused()).toBe(false);
  expect(await queue.getWaitingCount()).toBe(1);
});

it('is no part of the API’s description', async () => {
  const paths = Object.keys((await api.app.inject('/openapi.json')).json().paths);
  expect(paths).toContain('/config');
  expect(paths.filter((path) => path.startsWith(boardPath))).toEqual([]);
});

it('says so while Redis is away, and comes back by itself', async () => {
  const port = Number(new URL(server.url).port);
  await server.stop();
  await expect.poll(() => jobs.isAway()).toBe(true);
  for (const path of ['', '/api/queues']) {
    const refused = await see(path, operator);
    expect(refused.statusCode).toBe(refusals.overloaded.status);
    expect(refused.json().message).toMatch('Redis is away');
    expect(refused.headers['retry-after']).toBe('1');
  }
  expect((await see('')).json()).toMatchObject({ refused: 'unauthenticated' });
  expect((await api.send('GET', '/config', {})).statusCode).toBe(200);
  server = await startRedis({ port });
  await expect.poll(() => jobs.isAway(), { timeout: 10_000 }).toBe(false);
  expect((await see('/api/queues', operator)).statusCode).toBe(200);
});

it('may begin and end while Redis is away', async () => {
  const port = Number(new URL(server.url).port);
  await server.stop();
  const log = createLogger({ service: 'api', level: 'silent' });
  const early = openJobs(server.url, log);
  const other = await startApi({ system: { redis, jobs: early } });
  const seeEarly = async () =>
    (await other.send('GET', `${boardPath}/api/queues`, { as: operator })).statusCode;
  expect(await seeEarly()).toBe(refusals.overloaded.status);
  await openJobs(server.url, log).close();
  server = await startRedis({ port });
  await expect.poll(seeEarly, { timeout: 10_000 }).toBe(200);
  await other.close();
  await early.close();
});
