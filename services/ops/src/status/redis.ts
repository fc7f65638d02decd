import { setTimeout as pause } from 'node:timers/promises';
import type { http, Unit } from '@carat/protocol';
import { connectRedis, jobsQueue, lookAtStands, type RedisClient, readCheckpoint } from '@carat/read-models';
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

export const lookAtRedis = async (redis: RedisClient): Promise<http.RedisStands> => {
  const queue = new Queue(jobsQueue.name, {
    connection: redis,
    prefix: jobsQueue.prefix,
    skipMetasUpdate: true,
  });
  // What it meets is met by what is asked of it, too.
  queue.on('error', () => undefined);
  try {
    return await lookAtStands(redis, queue);
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
