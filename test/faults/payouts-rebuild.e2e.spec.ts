import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, openEventStore } from '@carat/event-store';
import { followOpenRedemptions, type OpenRedemptions } from '@carat/history';
import { type System, startSystem } from '@carat/local';
import { type Sandbox, startSandbox } from '@carat/payout-providers/sandbox';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { proveConservation } from '../../services/payouts/src/testing/proof.ts';
import { raiseCreators, requestAll } from '../../services/payouts/src/testing/redeeming.ts';
import { lastObject, runCarat } from '../e2e/command.ts';

const secret = 'a-secret-of-this-spec-alone';
const soon = { timeout: 60_000, interval: 50 };
/** So long that what is sent stays so, and is asked for again and again. */
const settleMs = 3_600_000;

let dir: string;
let store: EventStore;
let sandbox: Sandbox;
let system: System;
let open: OpenRedemptions;
let redis: Redis;
/** What the provider was asked, as `POST /payouts`. */
const asked: string[] = [];
const countPays = (): number => asked.filter((each) => each.startsWith('POST /payouts')).length;
const countLooks = (): number => asked.filter((each) => each.startsWith('GET /payout?')).length;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-payout-rebuild-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  store = await openEventStore(eventStore);
  await raiseCreators(store, ['ann', 'bea'], { diamonds: 40_000, now: Date.now() });
  sandbox = await startSandbox({
    ledger: join(dir, 'ledger.jsonl'),
    secret,
    answer: ({ method, url }) => {
      asked.push(`${method} ${url}`);
      return false;
    },
  });
  system = await startSystem({
    dir,
    eventStore,
    payouts: true,
    sandbox: false,
    env: {
      CARAT_SANDBOX_URL: sandbox.url,
      CARAT_SANDBOX_SECRET: secret,
      CARAT_HOLD_DAYS: '0',
      CARAT_DAY_GRACE_MINUTES: '0',
    },
  });
  open = followOpenRedemptions(store);
  redis = new Redis(system.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await open.stop();
  await system.stop();
  await sandbox.close();
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

it('no rebuild, no emptied Redis and no new start makes a payout again: the provider counts', async () => {
  const ask = { diamonds: 10_000, now: Date.now() };
  await expect.poll(() => requestAll(store, 'ann', ['r1'], ask), soon).toEqual({});
  await expect.poll(() => sandbox.ledger().length, soon).toBe(1);
  await expect.poll(() => open.size, soon).toBe(0);
  sandbox.setFaults({ settleMs });
  expect(await requestAll(store, 'bea', ['r1'], ask)).toEqual({});
  await expect.poll(() => open.list('sent').length, soon).toBe(1);
  expect(countPays()).toBe(2);

  const rebuilt = await runCarat(system, 'rebuild', '--yes', '--json');
  expect(rebuilt).toMatchObject({ code: 0 });
  expect(lastObject(rebuilt)).toMatchObject({ differences: 0 });
  await redis.flushall();
  await system.process('payouts').restart();
  // What is on its way is asked for again: so all jobs were made anew, and had their chance to pay.
  const looks = countLooks();
  await expect.poll(countLooks, soon).toBeGreaterThan(looks + 1);
  expect(countPays()).toBe(2);
  expect(sandbox.ledger().map(({ key }) => key)).toEqual(['ann/r1', 'bea/r1']);
  await proveConservation(store);
});
