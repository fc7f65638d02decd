import { connectRedis, type RedisClient } from '@carat/read-models';
import { describeFailure } from '@carat/service-kit';
import { limits } from './limits.ts';
import { CommandError } from './outcome.ts';

const silent = { warn: () => undefined, info: () => undefined };

/** Connects to Redis, which is not waited for long. @throws CommandError where it can't be reached */
export const openRedis = async (url: string): Promise<RedisClient> => {
  const redis = connectRedis(url, silent, {
    lazyConnect: true,
    enableOfflineQueue: true,
    autoResendUnfulfilledCommands: true,
    commandTimeout: limits.redisCommandMs,
    connectTimeout: limits.redisConnectMs,
    maxRetriesPerRequest: limits.redisRetries,
    retryStrategy: (times) => (times > limits.redisRetries ? null : limits.redisRetryMs),
  });
  let fault: unknown;
  redis.on('error', (error) => {
    fault = error;
  });
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw new CommandError(`Redis can't be reached (REDIS_URL): ${describeFailure(fault ?? error)}`);
  }
};

/** Does something with a Redis, and closes the connection. @throws CommandError */
export const withRedis = async <T>(url: string, work: (redis: RedisClient) => Promise<T>): Promise<T> => {
  const redis = await openRedis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
};
