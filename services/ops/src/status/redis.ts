import { setTimeout as pause } from 'node:timers/promises';
import type { http, Unit } from '@carat/protocol';
import {
  connectRedis,
  jobsQueue,
  lookAtStands,
  payoutsQueue,
  type RedisClient,
  readCheckpoint,
} from '@carat/read-models';
import { describeFailure } from '@carat/service-kit';
import { Queue } from 'bullmq';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';

const silent = { warn: () => undefined, info: () => undefined };

/** Reads something of Redis, and writes nothing. @throws CommandError where Redis is away or goes away */
export const lookIntoRedis = async <T>(url: string, work: (redis: RedisClient) => Promise<T>): Promise<T> => {
  const redis = connectRedis(url, silent, {
    lazyConnect: true,
    enableOfflineQueue: true,
    retryStrategy: () => null,
  });
  let fault: unknown;
  redis.on('error', (error) => {
    fault ??= error;
  });
  try {
    await redis.connect();
    return await work(redis);
  } catch (error) {
    throw new CommandError(`Redis cannot be reached (REDIS_URL): ${describeFailure(fault ?? error)}`);
  } finally {
    redis.disconnect();
  }
};

export const lookAtRedis = (redis: RedisClient): Promise<http.RedisStands> =>
  withQueue(redis, jobsQueue, (queue) => lookAtStands(redis, queue));

/** How many payouts were tried in vain as often as they may be, of those that are kept. */
export const countDeadEnds = (redis: RedisClient): Promise<number> =>
  withQueue(redis, payoutsQueue, (queue) => queue.getFailedCount());

const withQueue = async <T>(
  redis: RedisClient,
  { name, prefix }: { readonly name: string; readonly prefix: string },
  look: (queue: Queue) => Promise<T>,
): Promise<T> => {
  const queue = new Queue(name, { connection: redis, prefix, skipMetasUpdate: true });
  // What it meets is met by what is asked of it, too.
  queue.on('error', () => undefined);
  try {
    return await look(queue);
  } finally {
    await queue.close();
  }
};

/**
 * Watches units that are behind, for `limits.keepUpMs` at most.
 * @returns the names of those that did not move meanwhile
 */
export const findStill = async (
  redis: RedisClient,
  { generation }: http.GenerationStands,
  behind: readonly http.UnitStands[],
  signal: AbortSignal,
): Promise<string[]> => {
  const deadline = performance.now() + limits.keepUpMs;
  let still = behind;
  while (still.length > 0 && performance.now() < deadline) {
    await pause(limits.catchUpPollMs, undefined, { signal });
    const now = await Promise.all(still.map(({ unit }) => readCheckpoint(redis, generation, unit as Unit)));
    still = still.filter(({ checkpoint }, n) => now[n]?.application === checkpoint?.application);
  }
  return still.map(({ unit }) => unit);
};
