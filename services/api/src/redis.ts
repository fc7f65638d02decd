import type { Logger } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { limits } from './limits.ts';

/**
 * A connection to Redis that comes back by itself. While it is away commands fail at once instead of
 * waiting; none waits for long in any case. Going and coming are logged once each.
 */
export const connectRedis = (url: string, log: Logger): Redis => {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: limits.maxRedisCommandMs,
    connectTimeout: limits.maxRedisConnectMs,
    retryStrategy: (attempt) => Math.min(50 * attempt, limits.maxRedisReconnectMs),
  });
  let isAway = false;
  redis.on('error', (err) => {
    if (!isAway) log.warn({ err }, 'Redis is away: numbers are refused until it is back');
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) log.info('Redis is back');
    isAway = false;
  });
  return redis;
};
