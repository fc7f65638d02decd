import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readRedisSettings } from './config.ts';
import { LocalError } from './failure.ts';
import { findFreePorts, isFree } from './ports.ts';
import { findRedis, startRedis } from './redis.ts';
import { pingRedis } from './redis-ping.ts';
import { findRedisProgram } from './redis-program.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-redis-spec-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('an own Redis answers, and is gone once it is stopped', async () => {
  const redis = await startRedis();
  expect(await pingRedis(redis.url)).toBe('pong');
  const pid = redis.pid!;
  expect(isAlive(pid)).toBe(true);

  await redis.stop();
  expect(isAlive(pid)).toBe(false);
  expect(await pingRedis(redis.url)).toEqual({ failed: 'ECONNREFUSED' });
});

test('a persistent Redis keeps its append-only file in the folder given', async () => {
  const redis = await startRedis({ dir, persistent: true });
  await redis.stop();
  const manifest = await readFile(join(dir, 'redis/appendonlydir/appendonly.aof.manifest'), 'utf8');
  expect(manifest).toContain('appendonly.aof');
});

test('a taken port gives one sentence', async () => {
  const redis = await startRedis();
  const port = Number(new URL(redis.url).port);
  await expect(startRedis({ dir, port })).rejects.toThrow(new LocalError(`Port ${port} for Redis is taken.`));
  await redis.stop();
});

test('REDIS_URL is used as it is, and not ended by us', async () => {
  const redis = await startRedis();
  const settings = { ...readRedisSettings(), redisUrl: redis.url };
  const found = await findRedis({ settings });
  expect(found.url).toBe(redis.url);
  await found.stop();
  expect(await pingRedis(redis.url)).toBe('pong');
  await redis.stop();
});

test('a REDIS_URL that refuses gives one sentence', async () => {
  const [port] = await findFreePorts(1);
  const settings = readRedisSettings({ REDIS_URL: `redis://:pass@127.0.0.1:${port}`, PATH: '' });
  await expect(findRedis({ settings })).rejects.toThrow(
    new LocalError(
      `REDIS_URL names 127.0.0.1:${port}, but no Redis answers there (ECONNREFUSED): ` +
        'start it, or unset REDIS_URL.',
    ),
  );
});

test('something else at REDIS_URL is no Redis', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  expect(await isFree(port)).toBe(false);
  expect(await pingRedis(`redis://127.0.0.1:${port}`)).toEqual({
    failed: 'it is no Redis: "HTTP/1.1 400 Bad Request"',
  });
  server.close();
});

test('a silent server is given up after the time given', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  expect(await pingRedis(`redis://127.0.0.1:${port}`, 50)).toEqual({ failed: 'no answer within 50 ms' });
  server.close();
});

test('where nothing may be installed, the line to run is named', async () => {
  const say = vi.fn();
  const search = findRedisProgram({ path: dir, folders: [], install: false, say });
  await expect(search).rejects.toThrow(
    /sudo apt-get install -y redis-server.*brew install valkey.*REDIS_URL/,
  );
  expect(say).not.toHaveBeenCalled();
});

test('a server older than Redis 7 is passed over for a Valkey', async () => {
  const program = async (name: string, version: string) => {
    await writeFile(join(dir, name), `#!/bin/sh\necho "${version}"\n`);
    await chmod(join(dir, name), 0o755);
  };
  await program('redis-server', 'Redis server v=6.0.16 sha=00000000:0');
  await program('valkey-server', 'Valkey server v=8.1.0 sha=00000000:0');
  const found = await findRedisProgram({ path: dir, folders: [], install: false, say: () => {} });
  expect(found).toBe(join(dir, 'valkey-server'));
});

test('a Redis that cannot read its data says so in one sentence', async () => {
  const broken = join(dir, 'broken');
  await mkdir(join(broken, 'redis/appendonlydir'), { recursive: true });
  await writeFile(join(broken, 'redis/appendonlydir/appendonly.aof.manifest'), 'rubbish');
  await expect(startRedis({ dir: broken, persistent: true })).rejects.toThrow(
    /^redis could not start; it said: .*\(.*redis\.log\)$/,
  );
});
