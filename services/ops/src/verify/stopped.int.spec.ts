import { beginGeneration, checkpointKey, connectRedis, writePoison } from '@carat/read-models';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LocalRedis, startRedis } from '../../../../infra/local/redis.ts';
import { limits } from '../limits.ts';
import { runCarat } from '../testing/run-carat.ts';
import { openLogs } from './testing/forged-log.ts';
import { writeLog } from './testing/written-log.ts';

const silent = { warn: () => undefined, info: () => undefined };

let server: LocalRedis;
let redis: ReturnType<typeof connectRedis>;
let logs: Awaited<ReturnType<typeof openLogs>>;
let env: { CARAT_EVENT_STORE: string; REDIS_URL: string };

beforeEach(async () => {
  server = await startRedis();
  redis = connectRedis(server.url, silent, { enableOfflineQueue: true });
  logs = await openLogs();
  const log = writeLog();
  log.write('log', 'LogCreated', { logId: 'a' });
  log.list('rose', 5);
  const { url } = await logs.forge(log.events);
  env = { CARAT_EVENT_STORE: url, REDIS_URL: server.url };
});
afterEach(async () => {
  process.kill(server.pid!, 'SIGCONT');
  redis.disconnect();
  await logs.close();
  await server.stop();
});

it('does not wait for a unit that is stopped before it is whole', async () => {
  const { generation } = await beginGeneration(redis, { projections: 1, log: 'a' }, undefined);
  await redis.hset(checkpointKey(generation, 'creators'), { position: '1', event: 'e', application: 'a' });
  await writePoison(redis, generation, 'creators', { event: 'event-2', position: '2', fault: 'no gift' });
  const began = performance.now();
  const { code, stdout, stderr } = await runCarat(['verify'], env);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /^The numbers of creators are not whole: it is stopped at event event-2, position 2: /,
  );
  expect(performance.now() - began).toBeLessThan(limits.maxRebuildMs);
}, 90_000);

it('waits for a Redis that hangs no longer than for one that is away', async () => {
  process.kill(server.pid!, 'SIGSTOP');
  const { code, stderr } = await runCarat(['verify'], env);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Redis can't be reached \(REDIS_URL\): .*\n$/);
}, 60_000);
