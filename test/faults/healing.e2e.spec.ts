import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparePositions, type EventStore, openEventStore, type Position } from '@carat/event-store';
import { activeGeneration, readCheckpoint } from '@carat/read-models';
import { formatGiftLog, simulateLive } from '@carat/simulator';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lastObject, runCarat } from '../e2e/command.ts';
import { raiseStage, type Stage } from '../e2e/stage.ts';
import { printCounts } from './event-store-log.ts';

const whole = process.env.CARAT_FAULTS === 'whole';
const logs = process.env.CARAT_GIFT_LOGS;
const maxHealingMs = 30_000;

let stage: Stage;
let folder: string;
let redis: Redis;
let store: EventStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carat-healing-'));
  stage = await raiseStage();
  redis = new Redis(stage.system.redisUrl, { maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  store = await openEventStore(stage.system.eventStore);
});
afterAll(async () => {
  redis.disconnect();
  await store.close().catch(() => undefined);
  await stage.stop();
  await rm(folder, { recursive: true });
});

/** The largest of the recorded lives, where there are any. */
const recorded = async (): Promise<string | undefined> => {
  if (!whole || logs === undefined) return undefined;
  const names = (await readdir(logs)).filter((name) => name.endsWith('.jsonl.gz'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(logs, name))).size));
  const largest = names[sizes.indexOf(Math.max(...sizes))];
  return largest && join(logs, largest);
};

const simulated = async (live: string, sendsPerMinute: number): Promise<string> => {
  const file = join(folder, `${live}.jsonl`);
  const made = simulateLive({ seed: 23, live, durationMs: 600_000, sendsPerMinute, viewers: 600 });
  await writeFile(file, [...formatGiftLog(made), ''].join('\n'));
  return file;
};

/** Whether all units are whole and have come to a place. */
const isHealed = async (place: Position): Promise<boolean> => {
  const active = await activeGeneration(redis);
  if (active === undefined) return false;
  for (const unit of active.units) {
    const checkpoint = await readCheckpoint(redis, active.generation, unit);
    if (!checkpoint?.complete || checkpoint.torn || checkpoint.position === null) return false;
    if (comparePositions(checkpoint.position as Position, place) < 0) return false;
  }
  return true;
};

/** Does something bad, and waits until the numbers are whole as of a place that came after it. @returns ms */
const heal = async (befall: () => Promise<unknown>): Promise<number> => {
  await befall();
  const began = performance.now();
  const { position } = (await store.head())!;
  await expect
    .poll(() => isHealed(position).catch(() => false), { timeout: maxHealingMs, interval: 20 })
    .toBe(true);
  return Math.round(performance.now() - began);
};

it('heals by itself whatever befalls Redis, its workers and the log, while gifts keep coming', {
  timeout: 300_000,
}, async () => {
  const { system } = stage;
  const file = (await recorded()) ?? (await simulated('long', 1_500));
  await expect.poll(() => store.head(), { timeout: 10_000 }).toBeDefined();
  const before = BigInt((await store.head())!.position);
  let playing = true;
  const played = runCarat(system, 'play', '--speed', '0', '--json', file).finally(() => {
    playing = false;
  });
  await expect
    .poll(async () => BigInt((await store.head())!.position) - before, { timeout: 30_000 })
    .toBeGreaterThan(2_000n);

  const healings: Record<string, string> = {};
  let underLoad = 0;
  const befalls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['FLUSHALL', () => redis.flushall()],
    ['projector', async () => system.process('projector').kill('SIGKILL')],
    ['Redis', async () => system.process('redis').kill('SIGKILL')],
    ['FLUSHALL', () => redis.flushall()],
    ['projector', async () => system.process('projector').kill('SIGKILL')],
    ['FLUSHALL', () => redis.flushall()],
    ['projector', async () => system.process('projector').kill('SIGKILL')],
  ];
  const backup = join(folder, 'backup.db');
  for (const [n, [name, befall]] of befalls.entries()) {
    if (playing) underLoad += 1;
    healings[`${n + 1}. ${name}`] = `${await heal(befall)} ms`;
    if (n === 2) expect(await runCarat(system, 'backup', backup)).toMatchObject({ code: 0 });
  }
  const ran = await played;
  expect(ran).toMatchObject({ code: 0, stderr: expect.any(String) });
  expect(lastObject(ran)).toMatchObject({ agree: true, refused: 0 });
  expect(underLoad).toBeGreaterThanOrEqual(2);

  // The log is put back to where it was in the middle, behind the back of Redis, and grows on from there.
  await store.close();
  const services = system.processes.filter(({ name }) => name !== 'redis');
  for (const service of services) await service.stop();
  expect(await runCarat(system, 'restore', '--yes', backup)).toMatchObject({ code: 0 });
  for (const service of services) await service.start();
  store = await openEventStore(system.eventStore);
  const again = await runCarat(system, 'play', '--speed', '0', '--json', await simulated('short', 60));
  expect(lastObject(again)).toMatchObject({ agree: true, refused: 0 });
  healings['restored log'] = `${await heal(async () => undefined)} ms`;
  printCounts('healed', { ...healings, 'under load': underLoad });
  expect(await runCarat(system, 'verify')).toMatchObject({ code: 0 });
});
