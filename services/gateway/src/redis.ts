import type { Logger } from '@carat/service-kit';
import { Redis } from 'ioredis';

const maxReconnectDelayMs = 1_000;
/** A Redis that hangs is as good as one that is away. */
const maxCommandMs = 2_000;

/** A client that never gives up and never queues: while Redis is away, every call fails at once. */
export const connectRedis = (url: string, log: Logger): Redis => {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: maxCommandMs,
    retryStrategy: (times) => Math.min(times * 100, maxReconnectDelayMs),
  });
  redis.on('error', (error) => log.debug({ err: error }, 'Redis is away'));
  return redis;
};
