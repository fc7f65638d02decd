import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { streams } from '@carat/domain';
import { plainEnv } from '@carat/local';
import { signToken } from '@carat/service-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLog, secret, viewer } from './testing/api-under-test.ts';

let log: Awaited<ReturnType<typeof createLog>>;
beforeAll(async () => {
  log = await createLog();
});
afterAll(() => log.remove());

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts the service as it is deployed; Redis is nowhere, which must not matter. */
const start = (env: Record<string, string> = {}) => {
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...plainEnv(),
      CARAT_EVENT_STORE: `sqlite:${log.dir}/log.db`,
      CARAT_JWT_SECRET: secret,
      CARAT_API_PORT: '0',
      REDIS_URL: 'redis://127.0.0.1:1',
      ...env,
    },
  });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  const ended = once(child, 'exit').then(([code]) => ({ code, err }));
  const url = () =>
    vi.waitFor(() => {
      const [, address] = /listening at (http:\/\/[\d.:]+)/.exec(out) ?? [];
      if (!address) throw new Error(`not listening yet: ${out}${err}`);
      return address;
    }, 15_000);
  return { child, ended, url };
};

describe('the api as a process', () => {
  it('gives the log its id, answers, and ends in order', async () => {
    const first = start();
    const url = await first.url();
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ok: true });
    const token = await signToken({ ...viewer, ttlSeconds: 60 }, secret);
    const headers = { authorization: `Bearer ${token}` };
    const wallet = await fetch(`${url}/wallets/vera`, { headers });
    expect(await wallet.json()).toEqual({ viewer: 'vera', balance: 0, position: null });
    expect((await fetch(`${url}/boards/creators`, { headers })).status).toBe(503);
    first.child.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, err: '' });

    const second = start();
    await second.url();
    second.child.kill('SIGTERM');
    await second.ended;
    const page = await (await log.open()).readStream(streams.log, { limit: 10 });
    expect(page.exists && page.events).toMatchObject([
      { type: 'LogCreated', data: { logId: expect.any(String) } },
    ]);
  });

  it.each([
    ['CARAT_API_PORT', 'http'],
    ['CARAT_GATEWAY_URL', 'nowhere'],
    ['CARAT_EVENT_STORE', 'paper:log'],
  ])('says in one sentence that %s=%s will not do', async (name, value) => {
    const { code, err } = await start({ [name]: value }).ended;
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toMatch(name === 'CARAT_EVENT_STORE' ? /paper:log/ : name);
  });

  it('says in one sentence that its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, err } = await start({ CARAT_API_PORT: String(port) }).ended;
    server.close();
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`${port} is taken.*CARAT_API_PORT`));
  });
});
