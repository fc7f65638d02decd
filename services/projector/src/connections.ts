import { once } from 'node:events';
import { connectForJobs, connectRedis, type RedisClient } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import { limits } from './limits.ts';

/**
 * The connections of a projector; each comes back by itself, and none ends the process when Redis is away.
 */
export const connect = (url: string, log: Logger) => {
  const data = connectRedis(url, log, { commandTimeout: limits.redisCommandMs });
  const queue = connectRedis(url, log, { commandTimeout: limits.redisCommandMs });
  const worker = connectForJobs(url, log);
  return {
    data,
    queue,
    worker,
    /** Resolves once none is half-way, be it connected or away. */
    settled: async (): Promise<void> => {
      await Promise.all([data, queue, worker].map(settled));
    },
    close: (): void => {
      for (const redis of [data, queue, worker]) redis.disconnect();
    },
  };
};

/**
 * BullMQ takes a cluster for ready that has only been reached, asks it at once, and never recovers from the
 * refusal: it is to meet it before or after that moment.
 */
const settled = async (redis: RedisClient): Promise<void> => {
  if (redis.status !== 'connect') return;
  const ending = new AbortController();
  const next = ['ready', 'close'].map((event) => once(redis, event, { signal: ending.signal }));
  await Promise.race(next).catch(() => undefined);
  ending.abort();
  await Promise.allSettled(next);
};

export type Connections = ReturnType<typeof connect>;
