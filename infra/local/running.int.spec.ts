import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { announceRunning, findRunning } from './running.ts';

const addresses = {
  apiUrl: 'http://127.0.0.1:3000',
  gatewayUrls: ['http://127.0.0.1:3001'],
  redisUrl: 'redis://127.0.0.1:20001',
  eventStore: 'sqlite:carat.db',
};

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-running-spec-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('a system is found while it runs', async () => {
  expect(await findRunning(dir)).toBeUndefined();
  const withdraw = await announceRunning(dir, addresses);
  expect(await findRunning(dir)).toEqual({ pid: process.pid, ...addresses });
  await withdraw();
  expect(await findRunning(dir)).toBeUndefined();
});

test('one whose process is gone is not found', async () => {
  await announceRunning(dir, addresses);
  const file = join(dir, 'running.json');
  const told = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...told, pid: 2 ** 30 }));
  expect(await findRunning(dir)).toBeUndefined();
});

test('nothing secret is told', async () => {
  const system = { ...addresses, secret: 'a-secret-of-at-least-thirty-two-characters' };
  await announceRunning(dir, system);
  expect(await readFile(join(dir, 'running.json'), 'utf8')).not.toContain(system.secret);
});
