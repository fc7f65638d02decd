import { randomUUID } from 'node:crypto';
import { logCreated, streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { startRedis } from '@carat/local';
import { http } from '@carat/protocol';
import {
  activeGeneration,
  beginGeneration,
  checkpointKey,
  connectRedis,
  ledgerField,
  type RedisClient,
  tableKey,
  tables,
  type Unit,
} from '@carat/read-models';
import { createLogger } from '@carat/service-kit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Jobs, openJobs } from '../bull-board/jobs.ts';
import { creator, operator, service, startApi, viewer } from '../testing/api-under-test.ts';

const log = createLogger({ service: 'api', level: 'silent' });
const soon = { timeout: 15_000, interval: 100 };
const logId = randomUUID();
const units = ['creators', 'boards'] as const;

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: RedisClient;
let jobs: Jobs;
let api: Awaited<ReturnType<typeof startApi>>;
let store: EventStore;
let generation: string;

beforeEach(async () => {
  server = await startRedis();
  redis = connectRedis(server.url, log);
  jobs = openJobs(server.url, log);
  api = await startApi({ system: { redis, jobs } });
  ({ store } = api);
  await store.append([logCreated(randomUUID(), logId)]);
  await vi.waitFor(() => expect([redis.status, jobs.isAway()]).toEqual(['ready', false]), soon);
  ({ generation } = await beginGeneration(redis, { projections: 2, log: logId }, undefined));
  await api.call('POST', '/grants', service, { grant: 'g1', viewer: 'vera', coins: 100 });
});
afterEach(async () => {
  await api.close();
  await jobs.close();
  redis.disconnect();
  await server.stop();
});

/** Writes down what a projector would: where the unit stands, and what it has booked. */
const project = async (unit: Unit, booked: string): Promise<void> => {
  const { position, id } = (await store.head())!;
  await redis.hset(tableKey(generation, unit, tables.ledger), ledgerField, `${booked} ${position}`);
  const place = { position, event: id, complete: '1', application: randomUUID() };
  await redis.hset(checkpointKey(generation, unit), place);
};
const send = async (coins: number, balance: number): Promise<void> => {
  const stream = streams.wallet('vera');
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const data = { combo: 'c', viewer: 'vera', live: 'l', creator: 'carla', gift: 'rose', booked: 1, count: 1 };
  const rest = { coins, millidiamonds: 500 * coins, unitCoins: coins, rate: 500, at: 1, after: { balance } };
  const event = { id: randomUUID(), type: 'GiftSent', data: { ...data, ...rest } };
  await store.append([{ stream, expected: page.exists ? page.last : 'no_stream', events: [event] }]);
};
const status = async () =>
  http.systemStatus.parse((await api.call('GET', '/operators/status', operator)).body);
const proof = async () => http.conservation.parse((await api.call('GET', '/operators/proof', operator)).body);

it('status: the log, the units, the queue, and nothing to see to', async () => {
  for (const unit of units) await project(unit, '0 0 0');
  await jobs.queue.add('creators', {});
  const { at, ...told } = await status();
  expect(at).toBeGreaterThan(Date.now() - 60_000);
  expect(told).toMatchObject({
    log: { id: logId, head: { position: (await store.head())!.position } },
    redis: {
      active: { generation, log: logId, units: [{ unit: 'creators' }, { unit: 'boards' }] },
      candidate: null,
      retired: [],
      queue: { waiting: 1, paused: false },
    },
    progress: { [generation]: { creators: { behind: 0, atLeast: false, share: 1, inLog: true } } },
    still: [],
    rebuild: null,
    unseen: [],
    faults: [],
  });
});

it('status: says of a unit that it stands still once it has for a while', async () => {
  for (const unit of units) await project(unit, '0 0 0');
  await send(30, 70);
  await project('creators', '30 1 15000');
  expect((await status()).still).toEqual([]);
  await vi.waitFor(async () => expect((await status()).still).toEqual(['boards']), soon);
  expect((await status()).faults).toEqual([
    'boards is 1 event behind, and stands still: is a projector at work?',
  ]);
});

it('status and proof: go on telling of the log while Redis is away', async () => {
  await server.stop();
  await vi.waitFor(() => expect(jobs.isAway()).toBe(true), soon);
  expect(await status()).toMatchObject({
    log: { id: logId },
    redis: null,
    unseen: [expect.stringContaining('Redis cannot be reached')],
  });
  await vi.waitFor(
    async () => expect(await proof()).toMatchObject({ holds: null, log: { holds: true } }),
    soon,
  );
  server = await startRedis({ port: Number(new URL(server.url).port) });
});

it('proof: holds, and says what does not as soon as a number is another', async () => {
  await send(30, 70);
  for (const unit of units) await project(unit, '30 1 15000');
  await vi.waitFor(async () => expect((await proof()).holds).toBe(true), soon);
  expect(await proof()).toMatchObject({
    why: [],
    log: { granted: 100, held: 70, spent: 30, booked: { coins: 30, gifts: 1, millidiamonds: 15_000 } },
    units: [
      { unit: 'creators', holds: true },
      { unit: 'boards', holds: true },
    ],
  });
  await project('boards', '30 2 15000');
  await vi.waitFor(
    async () => expect(await proof()).toMatchObject({ holds: false, units: [{}, { holds: false }] }),
    soon,
  );
  expect((await proof()).why).toHaveLength(1);
  await redis.del(checkpointKey(generation, 'boards'));
  await vi.waitFor(
    async () => expect(await proof()).toMatchObject({ holds: null, units: [{}, { ledger: null }] }),
    soon,
  );
  expect((await activeGeneration(redis))?.generation).toBe(generation);
});

it.each(['/operators/status', '/operators/proof'])('%s is for operators only', async (url) => {
  for (const who of [viewer, creator, service]) await api.callRefused('forbidden', 'GET', url, who);
  await api.callRefused('unauthenticated', 'GET', url);
});
