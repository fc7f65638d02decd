import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSandbox } from './adapter.ts';
import { sandboxLimits } from './limits.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from './start.ts';
import { type Listener, listen } from './testing/listener.ts';

const secret = 'the secret';
let folder: string;
let listener: Listener;
const open: Sandbox[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carat-sandbox-'));
  listener = await listen();
});
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
  await listener.close();
  await rm(folder, { recursive: true });
});

const start = async (options: Partial<SandboxOptions> = {}): Promise<Sandbox> => {
  const sandbox = await startSandbox({ ledger: join(folder, 'ledger.jsonl'), secret, ...options });
  open.push(sandbox);
  return sandbox;
};
const stop = async (sandbox: Sandbox): Promise<void> => {
  open.splice(open.indexOf(sandbox), 1);
  await sandbox.close();
};
const payment = (key: string) => ({ key, recipient: 'creator', amountMinor: '100', currency: 'USD' });
const told = (): string[] =>
  listener.messages().map(({ body }) => {
    const { key, state } = JSON.parse(body.toString('utf8'));
    return `${key} ${state.outcome}`;
  });
const waitFor = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };

test('webhooks are told again until they are taken', async () => {
  listener.answer(500);
  const sandbox = await start({ webhookUrl: listener.url });
  await createSandbox({ url: sandbox.url, secret }).pay(payment('a'));
  await waitFor(() => expect(told().length).toBeGreaterThanOrEqual(3));
  listener.answer(204);
  await waitFor(() => expect(sandbox.webhooksWaiting()).toBe(0));
  expect(new Set(told())).toEqual(new Set(['a paid']));
});

test('webhooks that are doubled come twice, and others once', async () => {
  const sandbox = await start({ webhookUrl: listener.url, faults: { twice: 1 } });
  const adapter = createSandbox({ url: sandbox.url, secret });
  await adapter.pay(payment('a'));
  sandbox.setFaults({});
  await adapter.pay(payment('b'));
  await adapter.pay(payment('b'));
  await waitFor(() => expect(sandbox.webhooksWaiting()).toBe(0));
  expect(told().sort()).toEqual(['a paid', 'a paid', 'b paid']);
});

test('what was not told before a restart is told after it, and what is old is not', async () => {
  let offset = 0;
  const now = () => Date.now() + offset;
  const first = await start({ now });
  const adapter = createSandbox({ url: first.url, secret });
  await adapter.pay(payment('old'));
  offset += sandboxLimits.retellMs + 1_000;
  await adapter.pay(payment('new'));
  await stop(first);
  const second = await start({ now, webhookUrl: listener.url });
  await waitFor(() => expect(second.webhooksWaiting()).toBe(0));
  expect(told()).toEqual(['new paid']);
});

test('faults are told over HTTP, and met by the same calls again', async () => {
  const sandbox = await start();
  const settings = { lose: 0.3, down: 0.3, seed: 'a spec' };
  const put = await fetch(`${sandbox.url}/faults`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(settings),
  });
  expect([put.status, await put.json()]).toEqual([200, expect.objectContaining(settings)]);
  const run = async (url: string): Promise<string[]> => {
    const ends: string[] = [];
    for (let index = 0; index < 40; index += 1) {
      const pay = createSandbox({ url, secret }).pay(payment(`key-${index % 10}`));
      ends.push(await pay.then(({ outcome }) => outcome).catch(({ code }) => code));
    }
    return ends;
  };
  const ends = await run(sandbox.url);
  expect(new Set(ends)).toEqual(new Set(['paid', 'unavailable', 'outcome_unknown']));
  const other = await start({ ledger: join(folder, 'other.jsonl'), faults: settings });
  expect(await run(other.url)).toEqual(ends);
});

test('an answer that is late is waited for', async () => {
  const sandbox = await start({ faults: { delay: 1, delayMs: 50 } });
  expect(await createSandbox({ url: sandbox.url, secret }).pay(payment('a'))).toMatchObject({
    outcome: 'paid',
  });
});

test.each([
  ['no secret', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }, 401],
  ['a body that is no payment', { method: 'POST', body: '{}', headers }, 400],
  ['a body that is no JSON', { method: 'POST', body: '{', headers }, 400],
  ['a body that is too long', { method: 'POST', body: `"${'x'.repeat(20_000)}"`, headers }, 413],
] as const)('%s is refused, and nothing is paid', async (_, request, status) => {
  const sandbox = await start();
  expect((await fetch(`${sandbox.url}/payouts`, request)).status).toBe(status);
  expect(sandbox.ledger()).toEqual([]);
});

test('a list goes on where it was while more is paid', async () => {
  const sandbox = await start();
  const adapter = createSandbox({ url: sandbox.url, secret });
  const time = { from: 0, to: Date.now() + 60_000 };
  for (let index = 0; index < 150; index += 1) await adapter.pay(payment(`key-${index}`));
  const first = await adapter.list(time);
  await adapter.pay(payment('late'));
  const second = await adapter.list({ ...time, page: first.next! });
  const keys = [...first.payouts, ...second.payouts].map(({ key }) => key);
  expect(keys).toEqual([...Array.from({ length: 150 }, (_, index) => `key-${index}`), 'late']);
  expect(second.next).toBeUndefined();
});
