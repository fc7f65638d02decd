import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createSandbox } from '@carat/payout-providers';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = join(import.meta.dirname, 'sandbox.ts');
const secret = 'a secret for this spec';
let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carat-sandbox-process-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const start = (settings: Readonly<Record<string, string>> = {}): ChildProcess => {
  const { PATH = '' } = process.env;
  const env = {
    ...{ PATH, CARAT_SANDBOX_PORT: '0', CARAT_SANDBOX_SECRET: secret },
    ...{ CARAT_SANDBOX_LEDGER: join(folder, 'ledger.jsonl'), ...settings },
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
};

const urlOf = async (child: ChildProcess): Promise<string> => {
  for await (const line of createInterface({ input: child.stdout! })) {
    const { port } = JSON.parse(line);
    if (port) return `http://127.0.0.1:${port}`;
  }
  throw new Error('the sandbox ended');
};

test('what it has answered is in the ledger after kill -9, and is not paid again', async () => {
  const first = start();
  const asked = { recipient: 'creator-1', amountMinor: '100', currency: 'USD' };
  const payments = Array.from({ length: 50 }, (_, index) => ({ ...asked, key: `r-${index}` }));
  const before = createSandbox({ url: await urlOf(first), secret });
  // It is killed while half of them are under way.
  const calls = payments.map((payment) => before.pay(payment).catch(() => undefined));
  const answered = await Promise.all(calls.slice(0, 25));
  first.kill('SIGKILL');
  await once(first, 'exit');
  await Promise.all(calls);

  const after = createSandbox({ url: await urlOf(start()), secret });
  const states = await Promise.all(payments.map((payment) => after.pay(payment)));
  expect(states.slice(0, 25)).toEqual(answered);
  const lines = (await readFile(join(folder, 'ledger.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(new Set(lines.map((line) => JSON.parse(line).key)).size).toBe(50);
  expect(lines).toHaveLength(50);
});

test('it is ready, and ends in order', async () => {
  const child = start({ CARAT_SANDBOX_FAULTS: '{"down":1}' });
  const url = await urlOf(child);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain(
    'carat_sandbox_payouts{service="sandbox"} 0',
  );
  const payment = { key: 'r-1', recipient: 'creator-1', amountMinor: '100', currency: 'USD' };
  await expect(createSandbox({ url, secret }).pay(payment)).rejects.toMatchObject({ code: 'unavailable' });
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

test.each([
  [{ NODE_ENV: 'production' }, 'there is no sandbox'],
  [{ CARAT_SANDBOX_FAULTS: '{"lost":1}' }, 'CARAT_SANDBOX_FAULTS must be JSON'],
])('%o is refused in one sentence', async (settings, sentence) => {
  const child = start(settings);
  let said = '';
  child.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  expect([code, said.trimEnd().split('\n').length]).toEqual([1, 1]);
  expect(said).toContain(sentence);
});
