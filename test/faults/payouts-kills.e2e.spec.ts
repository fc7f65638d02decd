import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type EventStore, openEventStore } from '@carat/event-store';
import { followOpenRedemptions, type OpenRedemptions, reconcilePayouts } from '@carat/history';
import { findFreePorts, projectRoot, type System, startSystem } from '@carat/local';
import { createSandbox } from '@carat/payout-providers';
import { type Sandbox, startSandbox } from '@carat/payout-providers/sandbox';
import { createLogger, createMetrics } from '@carat/service-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { limits } from '../../services/payouts/src/limits.ts';
import { createPayoutsMetrics } from '../../services/payouts/src/metrics.ts';
import { createSettlement } from '../../services/payouts/src/settlement/settlement.ts';
import { proveConservation, proveLedger } from '../../services/payouts/src/testing/proof.ts';
import { raiseCreators, requestAll } from '../../services/payouts/src/testing/redeeming.ts';
import { printCounts } from './event-store-log.ts';

/** `npm run faults` goes on as long as it takes to believe it; `npm test` does the same in little. */
const whole = process.env.CARAT_FAULTS === 'whole';
const creators = Array.from({ length: whole ? 40 : 6 }, (_, n) => `creator-${n}`);
const perCreator = whole ? 50 : 10;
const kills = whole ? 200 : 5;
const redemptions = creators.length * perCreator;
const diamonds = 1_000;
const secret = 'a-secret-of-this-spec-alone';
/** A kill comes at a moment of its own, this long at most after so much was paid. */
const maxMomentMs = 150;
const maxEndMs = 120_000;

let dir: string;
let eventStore: string;
let port: number;
let store: EventStore;
let sandbox: Sandbox;
let system: System;
let open: OpenRedemptions;

/** All that was earned is settled, and all that can be redeemed is asked for, before anybody pays. */
const fillLog = async (): Promise<void> => {
  const now = Date.now();
  await raiseCreators(store, creators, { diamonds: diamonds * perCreator, now });
  const metrics = createPayoutsMetrics(createMetrics('payouts'));
  const log = createLogger({ service: 'payouts', level: 'silent' });
  const terms = { clock: { now: Date.now }, clockFault: () => undefined, holdDays: 0, graceMs: 0 };
  await createSettlement({ store, ...terms, log, metrics })(new AbortController().signal);
  for (const creator of creators) {
    const named = Array.from({ length: perCreator }, (_, n) => `r${n}`);
    expect(await requestAll(store, creator, named, { diamonds, now })).toEqual({});
  }
};

/** The service alone, with a Redis of its own. `offsetMs`: of its clock. */
const startService = (offsetMs: number): Promise<System> =>
  startSystem({
    dir,
    eventStore,
    env: {
      CARAT_SANDBOX_URL: sandbox.url,
      CARAT_SANDBOX_SECRET: secret,
      CARAT_HOLD_DAYS: '0',
      CARAT_CLOCK_OFFSET: String(offsetMs),
    },
    services: () => [
      {
        name: 'payouts',
        main: join(projectRoot, 'services/payouts/src/main.ts'),
        port,
        env: { CARAT_PAYOUTS_PORT: String(port) },
      },
    ],
  });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-payout-kills-'));
  eventStore = `sqlite:${join(dir, 'carat.db')}`;
  store = await openEventStore(eventStore);
  await fillLog();
  [port = 0] = await findFreePorts(1);
  sandbox = await startSandbox({
    ledger: join(dir, 'ledger.jsonl'),
    secret,
    webhookUrl: `http://127.0.0.1:${port}/webhooks/sandbox`,
    faults: { lose: 0.1, twice: 0.1, fail: 0.03, failLater: 0.02, settleMs: 100 },
  });
  system = await startService(0);
  open = followOpenRedemptions(store);
}, 300_000);

afterAll(async () => {
  await open.stop();
  await system.stop();
  await sandbox.close();
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

it('payouts are killed again and again: the provider and the log agree to the cent, nothing is paid twice', {
  timeout: whole ? 3_600_000 : 180_000,
}, async () => {
  const payouts = system.process('payouts');
  const began = performance.now();
  let underWay = 0;
  for (let kill = 0; kill < kills; kill++) {
    const paid = (kill * redemptions) / (kills + 1);
    await expect
      .poll(() => sandbox.ledger().length, { timeout: maxEndMs, interval: 5 })
      .toBeGreaterThanOrEqual(paid);
    await pause(Math.random() * maxMomentMs);
    payouts.kill('SIGKILL');
    await payouts.exited;
    if (open.list('started').length > 0) underWay += 1;
    await payouts.start();
  }
  // Who was killed before it called has been alone with its payout for long enough: that long a time later,
  // and with all jobs lost, a new start brings it to its end.
  await system.stop();
  system = await startService(limits.soleCallMs);
  await expect
    .poll(() => (open.caughtUp ? open.size : undefined), { timeout: maxEndMs, interval: 50 })
    .toBe(0);
  const seconds = Math.round((performance.now() - began) / 1_000);

  const earnings = await proveConservation(store);
  const ledger = sandbox.ledger();
  proveLedger(earnings, ledger);
  expect(ledger).toHaveLength(redemptions);
  const provider = createSandbox({ url: sandbox.url, secret });
  const compared = await reconcilePayouts(store, provider, { from: 0, to: Date.now() + 86_400_000 });
  expect(compared).toMatchObject({ payouts: redemptions, pending: 0, differences: [] });
  const cents = ledger
    .filter(({ ends }) => ends === 'paid')
    .reduce((sum, each) => sum + +each.amountMinor, 0);
  printCounts('payouts', { redemptions, kills, 'killed while one was started': underWay, seconds, cents });
  expect(underWay).toBeGreaterThan(0);
});
