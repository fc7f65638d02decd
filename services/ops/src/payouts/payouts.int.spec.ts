import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox } from '@carat/payout-providers';
import { type Sandbox, startSandbox } from '@carat/payout-providers/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCarat } from '../testing/run-carat.ts';
import { openLogs } from '../verify/testing/forged-log.ts';
import { at, beginEarnings } from '../verify/testing/written-earnings.ts';

const secret = 'a secret of this spec';
const instant = (days: number): string => new Date(at(days)).toISOString();

let dir: string;
let logs: Awaited<ReturnType<typeof openLogs>>;
let sandbox: Sandbox;
let env: Record<string, string>;
/** Of the sandbox. */
let now = at(2);

/** Of cleo: r1 is paid, r2 sent, r3 in review, r4 approved, r5 started, r6 refused, r7 returned. */
const writeRedemptions = () => {
  const { log, earnings, send } = beginEarnings('cleo', 50_000);
  send(2);
  earnings.closeAndSettle(0, 0);
  for (const [n, redemption] of ['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'].entries()) {
    earnings.request('cleo', redemption, 4_000 + n, 1 + n / 24);
  }
  const reasons = ['24000 diamonds within 24 hours are more than 20000', 'violations recorded: 1'];
  earnings.step('RedemptionPutInReview', 'r3', 2, { reasons });
  earnings.step('RedemptionPutInReview', 'r6', 2, { reasons });
  earnings.step('RedemptionRefused', 'r6', 2, { by: 'olga', reason: 'no' });
  for (const redemption of ['r1', 'r2', 'r4', 'r5', 'r7']) earnings.approve(redemption, 2);
  for (const redemption of ['r1', 'r2', 'r5', 'r7']) earnings.start(redemption, 2);
  earnings.send('r2', 2);
  earnings.pay('r1', 2);
  earnings.pay('r7', 2);
  earnings.end('PayoutReturned', 'r7', 2);
  return log.events;
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-payouts-'));
  logs = await openLogs();
  sandbox = await startSandbox({ ledger: join(dir, 'ledger.jsonl'), secret, now: () => now });
  env = {
    CARAT_EVENT_STORE: (await logs.forge(writeRedemptions())).url,
    CARAT_SANDBOX_URL: sandbox.url,
    CARAT_SANDBOX_SECRET: secret,
  };
});
afterAll(async () => {
  await sandbox.close();
  await logs.close();
  await rm(dir, { recursive: true, force: true });
});

const carat = async (args: readonly string[], more: Record<string, string> = {}) => {
  const { code, stdout, stderr } = await runCarat(['payouts', ...args], { ...env, ...more });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.filter((line) => !line.startsWith('{') && line.length > 80)).toEqual([]);
  return { code, lines, said: stderr.trimEnd().split('\n') };
};

describe('carat payouts list', () => {
  it('lists what is open, oldest request first', async () => {
    const { code, lines } = await carat(['list']);
    expect(code).toBe(0);
    expect(lines).toEqual([
      'cleo/r2',
      '  sent: 4001 diamonds for 19.00 USD to m1 at sandbox,',
      '    asked for at 2026-06-11 13:00:00',
      '    reference p-r2',
      'cleo/r3',
      '  in review: 4002 diamonds for 19.00 USD to m1 at sandbox,',
      '    asked for at 2026-06-11 14:00:00',
      '    24000 diamonds within 24 hours are more than 20000',
      '    violations recorded: 1',
      'cleo/r4',
      '  approved: 4003 diamonds for 19.01 USD to m1 at sandbox,',
      '    asked for at 2026-06-11 15:00:00',
      'cleo/r5',
      '  started: 4004 diamonds for 19.01 USD to m1 at sandbox,',
      '    asked for at 2026-06-11 16:00:00',
    ]);
  });

  it('lists those of a status, also of those at their end', async () => {
    const idsOf = async (...args: string[]) => {
      const { redemptions, count } = JSON.parse((await carat(['list', '--json', ...args])).lines.join(''));
      return [redemptions.map(({ redemption }: { redemption: string }) => redemption), count];
    };
    expect(await idsOf('--status', 'in_review')).toEqual([['r3'], 1]);
    expect(await idsOf('--status', 'paid')).toEqual([['r1'], 1]);
    expect(await idsOf('--status', 'returned')).toEqual([['r7'], 1]);
    expect(await idsOf('--limit', '2')).toEqual([['r2', 'r3'], 4]);
    expect((await carat(['list', '--status', 'failed'])).lines).toEqual(['No redemption is failed.']);
    expect((await carat(['list', '--limit', '3'])).lines.at(-1)).toBe('… and 1 more: see --limit');
  });
});

describe('carat payouts reconcile', () => {
  const time = ['--from', instant(1), '--to', instant(3)];
  /** Pays as the service would; what it pays may be something else than the log says. */
  const pay = async (redemption: string, amountMinor: string): Promise<void> => {
    const provider = createSandbox({ url: sandbox.url, secret });
    const key = `cleo/${redemption}`;
    await provider.pay({ key, recipient: 'm1', amountMinor, currency: 'USD' });
    await provider.close();
  };

  it('names a provider that the settings name no more, and does not say that all agree', async () => {
    const events = writeRedemptions().map((event) =>
      event.type === 'PayoutStarted' && event.data.redemption === 'r5'
        ? { ...event, data: { ...event.data, provider: 'paypal' } }
        : event,
    );
    const changed = { CARAT_EVENT_STORE: (await logs.forge(events)).url };
    const { code, said } = await carat(['reconcile', ...time], changed);
    expect(code).toBe(2);
    expect(said).toEqual([
      'Payouts were begun with paypal in that time, but CARAT_PAYOUT_PROVIDERS does not name it: they were ' +
        'not compared.',
    ]);
    const told = JSON.parse((await carat(['reconcile', '--json', ...time], changed)).lines.join(''));
    expect(told).toMatchObject({ agree: false, notCompared: ['paypal'] });
    expect((await carat(['reconcile', '--provider', 'sandbox', ...time], changed)).code).toBe(0);
  });

  it('names what differs, and ends with 1', async () => {
    await pay('r1', '1900');
    await pay('r2', '1800');
    const early = await carat(['reconcile', ...time]);
    expect(early.lines[2]).toBe('  2 of them not listed, and may yet be');
    now = at(3);
    const { code, lines, said } = await carat(['reconcile', ...time]);
    expect(code).toBe(1);
    expect(lines).toEqual([
      'sandbox, from 2026-06-11 12:00:00 to 2026-06-13 12:00:00',
      '  4 payouts in the log',
      expect.stringMatching(/^ {2}\d+ differences$/),
    ]);
    const all = said.join('\n');
    expect(all).toMatch(/^cleo\/r2: 1900 minor units of USD in the log, 1800 .* at sandbox\.$/m);
    expect(all).toMatch(/^cleo\/r5 is started in the log .*, and sandbox does not list it\.$/m);
    const told = JSON.parse((await carat(['reconcile', '--json', ...time])).lines.join(''));
    expect(told).toMatchObject({ agree: false, providers: [{ provider: 'sandbox', payouts: 4 }] });
    expect(told.providers[0].differences.map(({ text }: { text: string }) => text)).toEqual(said);
  });

  it('says that all agree where nothing was begun and nothing is listed', async () => {
    const { code, lines, said } = await carat(['reconcile', '--to', instant(1)]);
    expect({ code, said }).toEqual({ code: 0, said: [''] });
    expect(lines).toEqual([
      'sandbox, from 2026-06-04 12:00:00 to 2026-06-11 12:00:00',
      '  0 payouts in the log',
      '  all agree',
    ]);
  });

  it('says in a sentence why it cannot compare', async () => {
    const { code, said } = await carat(['reconcile', '--provider', 'paypal']);
    expect(code).toBe(2);
    expect(said).toEqual([expect.stringMatching(/PAYPAL_CLIENT_ID must be set\.$/)]);
    const production = { NODE_ENV: 'production', CARAT_JWT_SECRET: 'x'.repeat(40) };
    expect((await carat(['reconcile'], production)).said).toEqual([
      expect.stringMatching(/not name sandbox/),
    ]);
    expect((await carat(['reconcile'], { CARAT_SANDBOX_URL: 'http://127.0.0.1:1' })).code).toBe(2);
    expect((await carat(['reconcile', '--from', instant(3), '--to', instant(1)])).said).toEqual([
      '--from must be before --to.',
    ]);
  });
});
