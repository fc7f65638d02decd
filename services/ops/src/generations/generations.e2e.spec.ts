import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type System, startSystem } from '@carat/local';
import { activeGeneration, tableKey, tables } from '@carat/read-models';
import { formatGiftLog, simulateLive } from '@carat/simulator';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCarat, startCarat } from '../testing/run-carat.ts';
import { verify } from '../verify/verify.ts';

const live = simulateLive({
  seed: 5,
  preset: 'tiktok',
  durationMs: 120_000,
  sendsPerMinute: 60,
  viewers: 40,
  faults: { replaysPerHour: 0, mostReplays: 1 },
});

let dir: string;
let system: System;
let redis: Redis;

const env = () => ({ REDIS_URL: system.redisUrl, CARAT_EVENT_STORE: system.eventStore });
const activeNow = async () => (await activeGeneration(redis))!;
const gifters = async () => tableKey((await activeNow()).generation, 'boards', tables.gifterBoard('all', 0));
const agrees = async () => (await verify(system, new AbortController().signal)).agree;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-generations-'));
  const file = join(dir, 'live.jsonl');
  await writeFile(file, [...formatGiftLog(live), ''].join('\n'));
  system = await startSystem({ dir: join(dir, 'system') });
  redis = new Redis(system.redisUrl);
  const played = await runCarat(['play', '--speed', '0', '--json', file], {
    CARAT_URL: system.apiUrl,
    CARAT_JWT_SECRET: system.secret,
  });
  expect(played.code).toBe(0);
  // The boards follow within a second.
  await vi.waitFor(async () => expect(await redis.hlen(await gifters())).toBeGreaterThan(0), {
    timeout: 20_000,
  });
  expect(await agrees()).toBe(true);
});
afterAll(async () => {
  redis?.disconnect();
  await system?.stop();
  await rm(dir, { recursive: true, force: true });
});

it('shows whose numbers would change and by how much, and switches only when it is told to', async () => {
  const before = await activeNow();
  const board = await gifters();
  const [viewer, total] = Object.entries(await redis.hgetall(board))[0]!;
  const [coins, place] = total.split(' ');
  await redis.hset(board, viewer, `${Number(coins) + 5} ${place}`);

  const compared = await runCarat(['rebuild', '--compare'], env());
  expect(compared.code).toBe(1);
  expect(compared.stdout).toContain(`viewer ${viewer}, board of all time: coins `);
  expect(compared.stdout).toContain('(-5)');
  expect(compared.stdout.split('\n').every((line) => line.length <= 100)).toBe(true);
  expect((await activeNow()).generation).toBe(before.generation);

  expect(compared.stdout).toMatch(/^Filled anew: [\d,]+ events/);
  const again = await runCarat(['rebuild', '--compare'], env());
  expect(again.stdout).toMatch(
    /^Generation \w+ was there already,\n {2}filled and compared from .*\nCompared with what was read then: /,
  );
  expect(again.stdout).not.toContain('/s)');

  const unasked = await runCarat(['rebuild'], env());
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('Say --yes') });

  const rebuilt = await runCarat(['rebuild', '--yes', '--json'], env());
  expect(rebuilt).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(rebuilt.stdout)).toMatchObject({ phase: 'ready', switched: true });
  const after = await activeNow();
  expect(after.previous?.generation).toBe(before.generation);
  expect(await agrees()).toBe(true);
});

it('goes back to what was read before, and drops what is left behind', async () => {
  const before = await activeNow();
  const back = await runCarat(['rollback', '--yes', '--json'], env());
  expect(JSON.parse(back.stdout)).toEqual({
    generation: before.previous!.generation,
    replaced: before.generation,
  });
  expect((await activeNow()).previous?.generation).toBe(before.generation);

  const dropped = await runCarat(['drop', '--yes', '--json'], env());
  expect(JSON.parse(dropped.stdout)).toEqual({ dropped: [before.generation] });
  await vi.waitFor(async () => expect(await redis.keys(`carat:${before.generation}:*`)).toEqual([]), {
    timeout: 15_000,
  });
  const nothing = await runCarat(['rollback', '--yes'], env());
  expect(nothing).toMatchObject({ code: 2, stderr: 'There is nothing to go back to.\n' });
  expect((await runCarat(['drop'], env())).stdout).toBe('There is nothing to drop.\n');
});

it('goes on where it was interrupted', async () => {
  const first = startCarat(['rebuild', '--compare', '--json'], env());
  await vi.waitFor(async () => expect((await activeNow()).candidate).toBeDefined(), { timeout: 10_000 });
  first.child.kill('SIGINT');
  expect(await first.ended).toEqual({
    code: 130,
    stdout: '',
    stderr: 'It goes on by itself: carat status shows how far it is.\n',
  });
  const candidate = (await activeNow()).candidate!.generation;
  const again = await runCarat(['rebuild', '--yes', '--json'], env());
  expect(JSON.parse(again.stdout)).toMatchObject({ generation: candidate, switched: true });
});

it('says in one sentence that Redis is away', async () => {
  const away = await runCarat(['rebuild', '--yes'], { ...env(), REDIS_URL: 'redis://127.0.0.1:1' });
  expect(away.code).toBe(2);
  expect(away.stderr.trimEnd().split('\n')).toHaveLength(1);
});
