import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findFreePorts, isFree } from './ports.ts';
import { pingRedis } from './redis-ping.ts';
import { startSystem } from './system.ts';

const main = join(import.meta.dirname, 'stand-in/service.ts');
const soon = { timeout: 15_000, interval: 20 };

let dir: string;
const ends: (() => unknown)[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-system-spec-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await rm(dir, { recursive: true, force: true });
});

const start = async (env: Record<string, string> = {}, names = ['one', 'two']) => {
  const ports = await findFreePorts(names.length);
  const said: string[] = [];
  const starting = startSystem({
    dir,
    log: (line) => said.push(line),
    services: () =>
      names.map((name, index) => {
        const port = ports[index]!;
        return { name, main, port, env: { ...env, CARAT_STAND_IN_PORT: String(port) } };
      }),
  });
  const system = await starting;
  ends.push(system.stop);
  return { system, said, ports };
};

const isReady = async (port: number): Promise<boolean> =>
  (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok ?? false;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('all processes are ready when it has started, and gone when it has stopped', async () => {
  const { system, ports } = await start();
  expect(system.processes.map(({ name }) => name)).toEqual(['one', 'two', 'redis']);
  expect(await Promise.all(ports.map(isReady))).toEqual([true, true]);
  expect(await pingRedis(system.redisUrl)).toBe('pong');
  const pids = system.processes.map(({ pid }) => pid!);

  await system.stop();
  expect(pids.map(isAlive)).toEqual([false, false, false]);
  expect(await readFile(join(system.logsDir, 'one.log'), 'utf8')).toContain('stand-in has shut down');
});

test('a killed child is started again, under a new pid and on its old port', async () => {
  const { system, said, ports } = await start();
  const one = system.process('one');
  const killed = one.pid;
  one.kill('SIGKILL');
  expect(await one.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await one.ready();
  expect(one.pid).not.toBe(killed);
  expect(one.starts).toBe(2);
  expect(await isReady(ports[0]!)).toBe(true);
  expect(said).toEqual(['one died (SIGKILL); starting it again in 200 ms']);
});

test('a killed Redis is started again at its old address', async () => {
  const { system } = await start({}, []);
  system.process('redis').kill('SIGKILL');
  await system.process('redis').exited;
  await vi.waitFor(async () => expect(await pingRedis(system.redisUrl)).toBe('pong'), soon);
});

test('a stopped process stays down until it is started', async () => {
  const { system, ports } = await start({}, ['one']);
  const one = system.process('one');
  await one.stop();
  expect(one.pid).toBeUndefined();
  expect(await isFree(ports[0]!)).toBe(true);
  await one.start();
  expect(await isReady(ports[0]!)).toBe(true);
  await one.restart();
  expect(one.starts).toBe(3);
});

test('what keeps a service from starting is handed on, and nothing is left running', async () => {
  const failing = start({ CARAT_STAND_IN_FAILS: 'the database is made of cheese.' }, ['one']);
  await expect(failing).rejects.toThrow('stand-in could not start: the database is made of cheese.');
  const log = await readFile(join(dir, 'logs/redis.log'), 'utf8');
  expect(log).toContain('ready to exit, bye bye');
});

test('all end with a parent that is killed', async () => {
  const ports = await findFreePorts(1);
  const parent: ChildProcess = fork(
    join(import.meta.dirname, 'stand-in/parent.ts'),
    [dir, String(ports[0])],
    {
      execArgv: [],
    },
  );
  ends.push(() => parent.kill('SIGKILL'));
  const pids = await new Promise<number[]>((resolve) =>
    parent.once('message', (told) => resolve(told as number[])),
  );
  expect(pids.map(isAlive)).toEqual([true, true]);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), soon);
});
