import { isDeepStrictEqual } from 'node:util';
import { activeGeneration, jobsQueue, readCheckpoint } from '@carat/read-models';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { raiseStage, type Stage } from '../e2e/stage.ts';
import { printCounts } from './event-store-log.ts';

const rounds = process.env.CARAT_FAULTS === 'whole' ? 20 : 3;
/**
 * The counters move again within 2 s; the rest is for a machine that runs other tests beside this one.
 */
const maxStandstillMs = 2_000 + 500;
/** How long a process takes to start is the machine's, not ours. */
const maxStartMs = 5_000;
/** A unit whose job stays the same for so long has nobody who works at it: a run takes some 20 ms. */
const heldMs = 150;
const maxTries = 100;

let stage: Stage;
let redis: Redis;
let queue: Queue;
let endFlow: () => Promise<void>;
/** Coins of claims that were acknowledged, and those that the creator sees. */
let booked: number;
let seen: number;
/** Jobs whose workers were killed; they seem to be at work until their locks end. */
let lost: Set<string>;

const raise = async (projectors: number): Promise<void> => {
  stage = await raiseStage({ projectors });
  redis = new Redis(stage.system.redisUrl, { maxRetriesPerRequest: null });
  queue = new Queue(jobsQueue.name, { connection: redis, prefix: jobsQueue.prefix });
  const { live, creator, gift } = await stage.openLive({ coins: 1 });
  await stage.grant('vera', 1_000_000);
  const [viewer, watcher] = [await stage.join('viewer', 'vera'), await stage.join('creator', creator)];
  watcher.watch(live, {
    onTick: ({ totals }) => {
      seen = totals.coins;
    },
  });
  let flows = true;
  const flowing = (async () => {
    for (let count = 1, combo = v7(); flows; count += 1, booked += 1) {
      if (count > 500) [count, combo] = [1, v7()];
      await viewer.claim({ combo, live, gift, count });
    }
  })();
  endFlow = () => {
    flows = false;
    return flowing;
  };
  await expect.poll(() => seen, { timeout: 10_000 }).toBeGreaterThan(100);
};

beforeEach(() => {
  [booked, seen, lost] = [0, 0, new Set()];
});
afterEach(async () => {
  await endFlow();
  await queue.close();
  redis.disconnect();
  await stage.stop();
});

/** The job of the unit that a worker holds at this moment, under its lock, and how far the unit is. */
const heldJob = async (): Promise<{ job: string; application: string } | undefined> => {
  const active = await queue.getActive();
  const job = active.find(({ name, id }) => name === 'creators' && !lost.has(id!))?.id;
  if (job === undefined || (await redis.exists(queue.toKey(`${job}:lock`))) === 0) return undefined;
  const { generation } = (await activeGeneration(redis))!;
  const { application } = (await readCheckpoint(redis, generation, 'creators'))!;
  return { job, application };
};

const elapse = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Stopped = { readonly name: string; readonly at: number; readonly booked: number };

/**
 * Stops a projector in the middle of a job: one that is stopped keeps its job, which nobody else then takes.
 * @returns which one, when, and what was booked by then
 */
const stopInTheMiddle = async (names: readonly string[]): Promise<Stopped> => {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const name = names[tries % names.length]!;
    const stopped = { name, at: performance.now(), booked };
    stage.system.process(name).kill('SIGSTOP');
    const held = await heldJob();
    // That nothing becomes of a job shows in nothing but time.
    await elapse(heldMs);
    if (held !== undefined && isDeepStrictEqual(await heldJob(), held)) {
      lost.add(held.job);
      return stopped;
    }
    stage.system.process(name).kill('SIGCONT');
    await elapse(heldMs);
  }
  throw new Error('no projector was ever in the middle of a job');
};

/** Kills one for good: it is not started again by itself. */
const kill = async (name: string): Promise<void> => {
  const process = stage.system.process(name);
  const stopped = process.stop();
  process.kill('SIGKILL');
  await stopped;
};

/** @returns how long after the stop something that was booked later is seen, in ms */
const untilMoved = async (stopped: Stopped): Promise<number> => {
  // One claim at a time is under way: it may have been booked before the stop, the one after it was not.
  await expect.poll(() => seen, { timeout: 30_000, interval: 5 }).toBeGreaterThanOrEqual(stopped.booked + 2);
  return Math.round(performance.now() - stopped.at);
};

it('another projector takes over from one that is killed in the middle of a job', {
  timeout: 300_000,
}, async () => {
  const names = ['projector', 'projector-2'];
  await raise(names.length);
  const standstills: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const stopped = await stopInTheMiddle(names);
    await kill(stopped.name);
    standstills.push(await untilMoved(stopped));
    await stage.system.process(stopped.name).start();
  }
  printCounts('taken over by another', { 'ms until the counters moved': standstills.join(' ') });
  expect(Math.max(...standstills)).toBeLessThanOrEqual(maxStandstillMs);
});

it('the only projector goes on when it is started again', { timeout: 300_000 }, async () => {
  await raise(1);
  const standstills: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const stopped = await stopInTheMiddle(['projector']);
    await kill(stopped.name);
    const killedAt = performance.now();
    const started = stage.system.process(stopped.name).start();
    standstills.push(await untilMoved({ ...stopped, at: killedAt }));
    await started;
  }
  printCounts('started again', { 'ms until the counters moved': standstills.join(' ') });
  expect(Math.max(...standstills)).toBeLessThanOrEqual(maxStartMs + maxStandstillMs);
});
