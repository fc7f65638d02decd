import { streams } from '@carat/domain';
import { type EventStore, readWholeStream } from '@carat/event-store';
import { earningsFold, foldStream, reconcilePayouts } from '@carat/history';
import { createSandbox, type PayoutProvider, ProviderError } from '@carat/payout-providers';
import { payoutsQueue } from '@carat/read-models';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalRedis, startRedis } from '../../../infra/local/redis.ts';
import { signatureHeader, signBody } from '../../../packages/payout-providers/src/sandbox/signature.ts';
import { limits } from './limits.ts';
import { type Bank, openBank, sandboxSecret, startWork } from './testing/payouts-at-work.ts';
import { raiseCreators, requestAll } from './testing/redeeming.ts';

const dayMs = 86_400_000;
const soon = { timeout: 10_000, interval: 20 };

let server: LocalRedis;
let redis: Redis;
let bank: Bank;
let store: EventStore;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  bank = await openBank();
  store = await bank.open();
  await raiseCreators(store, ['ann', 'bea'], { diamonds: 40_000, now: Date.now() });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await bank.close();
  await redis.flushall();
});

/** A service at work, once it has settled what all creators earned. */
const work = async (more: Partial<Parameters<typeof startWork>[0]> = {}) => {
  const working = await startWork({ store, redisUrl: server.url, sandbox: bank.sandbox, ...more });
  closing.push(working.close);
  await vi.waitFor(async () => expect(await typesOf(streams.settlement)).toContain('DaySettled'), soon);
  return working;
};
const typesOf = async (stream: string): Promise<string[]> =>
  (await readWholeStream(store, stream, 1_000)).map(({ type }) => type);
const redeem = (...redemptions: string[]) => redeemFor('ann', ...redemptions);
const redeemFor = (creator: string, ...redemptions: string[]) =>
  requestAll(store, creator, redemptions, { diamonds: 10_000, now: Date.now() });
const statusOf = async (redemption: string, creator = 'ann') =>
  (await foldStream(store, earningsFold(creator)).read()).state.redemptions.get(redemption)?.status;
const expectStatus = (redemption: string, status: string, creator?: string) =>
  vi.waitFor(async () => expect(await statusOf(redemption, creator)).toBe(status), soon);

const openQueue = (): Queue => {
  const { name, prefix } = payoutsQueue;
  const queue = new Queue(name, { connection: { url: server.url }, prefix });
  closing.push(() => queue.close());
  return queue;
};

const payWays = (provider: PayoutProvider, pay: PayoutProvider['pay']): PayoutProvider => ({
  ...provider,
  pay,
});

describe('the payouts service', () => {
  it('settles a day that is over, and pays what is approved, once', async () => {
    const { health } = await work();
    expect(await redeem('r1', 'r2')).toEqual({});
    await expectStatus('r1', 'paid');
    await expectStatus('r2', 'paid');
    expect(bank.sandbox.ledger().map(({ key, amountMinor }) => [key, amountMinor])).toEqual(
      expect.arrayContaining([
        ['ann/r1', '4750'],
        ['ann/r2', '4750'],
      ]),
    );
    expect(await typesOf(streams.earnings('ann'))).toEqual(
      expect.arrayContaining(['DiamondsSettled', 'PayoutStarted', 'PayoutPaid']),
    );
    await vi.waitFor(async () => expect(await health.ready()).toMatchObject({ ok: true }), soon);
  });

  it('hears by webhook what became of a payout, and asks where nobody tells', async () => {
    const { url } = await work();
    bank.sandbox.setFaults({ settleMs: 300, return: 1, returnMs: 300, twice: 1 });
    bank.sandbox.setWebhookUrl(`${url}/webhooks/sandbox`);
    await redeem('r1');
    await expectStatus('r1', 'returned');
    bank.sandbox.setWebhookUrl(undefined);
    bank.sandbox.setFaults({ settleMs: 300, failLater: 1 });
    await redeemFor('bea', 'r2');
    await expectStatus('r2', 'failed', 'bea');
    const types = await typesOf(streams.earnings('ann'));
    expect(types.filter((type) => type === 'PayoutReturned')).toHaveLength(1);
  });

  it('looks up what became of a payout whose answer was lost', async () => {
    let calls = 0;
    const sandbox = createSandbox({ url: bank.sandbox.url, secret: sandboxSecret });
    const losing = payWays(sandbox, async (payment) => {
      calls += 1;
      await sandbox.pay(payment);
      throw new ProviderError('outcome_unknown', 'The answer was lost.');
    });
    await work({ providers: [losing] });
    await redeem('r1');
    await expectStatus('r1', 'paid');
    expect(calls).toBe(1);
    expect(bank.sandbox.ledger()).toHaveLength(1);
  });

  it('calls again at once where nothing was paid, and gives up what is refused', async () => {
    const calls: string[] = [];
    const sandbox = createSandbox({ url: bank.sandbox.url, secret: sandboxSecret });
    const busy = payWays(sandbox, async (payment) => {
      calls.push(payment.key);
      if (payment.key === 'bea/r1') throw new ProviderError('refused', 'There is no such account.');
      if (calls.length < 3) throw new ProviderError('unavailable', 'It is busy.');
      return sandbox.pay(payment);
    });
    await work({ providers: [busy] });
    await redeem('r1');
    await expectStatus('r1', 'paid');
    expect(calls).toEqual(['ann/r1', 'ann/r1', 'ann/r1']);
    await redeemFor('bea', 'r1');
    await expectStatus('r1', 'failed', 'bea');
  });

  it('leaves a dead end where it can be seen, and tells of it in its health', async () => {
    const { health } = await work({ sandbox: undefined as never });
    await redeem('r1');
    const queue = openQueue();
    // Its attempts are spent at once: what is shown is what comes after the last.
    await vi.waitFor(async () => {
      for (const job of await queue.getDelayed()) await job.promote();
      expect(await queue.getFailedCount()).toBe(1);
    }, soon);
    await vi.waitFor(
      async () =>
        expect(await health.ready()).toMatchObject({
          ok: true,
          warnings: { payouts: '1 payouts came to a dead end: they are tried again, and the log says why' },
        }),
      soon,
    );
    expect(await statusOf('r1')).toBe('approved');
  });

  it('makes jobs anew when all were lost, as the log says what is to be done', async () => {
    let isUp = false;
    let laterMs = 0;
    const sandbox = createSandbox({ url: bank.sandbox.url, secret: sandboxSecret });
    const closed = payWays(sandbox, async (payment) => {
      if (!isUp) throw new Error('nobody answers');
      return sandbox.pay(payment);
    });
    await work({ providers: [closed], now: () => Date.now() + laterMs });
    await redeem('r1');
    await expectStatus('r1', 'started');
    // By now nobody else can be calling.
    [isUp, laterMs] = [true, limits.soleCallMs];
    await redis.flushall();
    await expectStatus('r1', 'paid');
    expect(bank.sandbox.ledger()).toHaveLength(1);
  });

  it('neither closes a day nor sends a payout while its clock is known to be wrong', async () => {
    let fault: string | undefined;
    const { health } = await work({ clockFault: () => fault });
    const queue = openQueue();
    fault = 'the clock is 90 s behind that of others';
    await redeem('r1');
    await vi.waitFor(async () => expect(await queue.getDelayedCount()).toBe(1), soon);
    expect(await statusOf('r1')).toBe('approved');
    expect((await health.ready()).warnings).toBeUndefined();
  });

  it('looks at its clock right before it closes a day', async () => {
    await work();
    const before = await typesOf(streams.settlement);
    const lookAtClock = vi.fn(async () => 'the clock is 90 s ahead of that of others');
    const { close } = await work({ now: () => Date.now() + dayMs, lookAtClock });
    await vi.waitFor(() => expect(lookAtClock).toHaveBeenCalled(), soon);
    await close();
    closing.pop();
    expect(await typesOf(streams.settlement)).toEqual(before);
  });

  it('keeps what contradicts the log where an operator finds it, and goes on hearing webhooks', async () => {
    const { health, url } = await work();
    await redeem('r1');
    await expectStatus('r1', 'paid');
    const body = JSON.stringify({
      key: 'ann/r1',
      state: { outcome: 'failed', reference: 'another', reason: 'why' },
    });
    const headers = { [signatureHeader]: signBody(sandboxSecret, Date.now(), body) };
    for (const _ of ['told', 'told again']) {
      const answer = await fetch(`${url}/webhooks/sandbox`, { method: 'POST', headers, body });
      expect(answer.status).toBe(204);
    }
    const reconciliation =
      'sandbox and the log differ in 1 payouts, such as: ann/r1: sandbox tells failed (another), which ' +
      'contradicts the log.';
    expect(await health.ready()).toMatchObject({ ok: true, warnings: { reconciliation } });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const next = await work({ now: () => Date.now() + dayMs });
    const compared = async () => await readWholeStream(store, streams.reconciliation, 100);
    await vi.waitFor(async () => expect((await compared()).at(-1)?.data.payouts).toBe(1), soon);
    expect((await next.health.ready()).warnings).toEqual({ reconciliation });
  });

  it('compares the provider with the log each day, once among several processes', async () => {
    const later = () => Date.now() + dayMs;
    await work();
    await redeem('r1');
    await expectStatus('r1', 'paid');
    await Promise.all([work({ now: later }), work({ now: later })]);
    const compared = async () => await readWholeStream(store, streams.reconciliation, 100);
    await vi.waitFor(async () => expect(await compared()).toHaveLength(2), soon);
    expect((await compared()).at(-1)?.data).toMatchObject({ payouts: 1, differences: [], unnamed: 0 });
    const sandbox = createSandbox({ url: bank.sandbox.url, secret: sandboxSecret });
    const found = await reconcilePayouts(store, sandbox, { from: 0, to: Date.now() + dayMs });
    expect(found).toMatchObject({ payouts: 1, differences: [] });
  });
});
