import type { Logger } from '@carat/service-kit';
import { Redis, type RedisOptions } from 'ioredis';
import { limits } from './limits.ts';

type Options = Omit<RedisOptions, 'replyMapping'>;

const retryStrategy = (times: number): number => Math.min(times * 50, limits.redisReconnectMs);

/**
 * The connections of a projector; each comes back by itself, and none ends the process when Redis is away.
 */
export const connect = (url: string, log: Logger) => {
  const open = (name: string, options: Options): Redis => {
    const redis = new Redis(url, { ...options, retryStrategy });
    let away = false;
    redis.on('error', (error) => {
      if (!away) log.warn({ err: error, connection: name }, 'Redis is away');
      away = true;
    });
    redis.on('ready', () => {
      if (away) log.info({ connection: name }, 'Redis is back');
      away = false;
    });
    return redis;
  };
  /** Fails at once while Redis is away, and never sends a command twice by itself. */
  const failing: Options = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: limits.redisCommandMs,
  };
  const data = open('data', failing);
  const queue = open('queue', failing);
  const worker = open('worker', { maxRetriesPerRequest: null });
  return {
    data,
    queue,
    worker,
    close: (): void => {
      for (const redis of [data, queue, worker]) redis.disconnect();
    },
  };
};

export type Connections = ReturnType<typeof connect>;
