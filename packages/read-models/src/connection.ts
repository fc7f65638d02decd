import { Redis, type RedisOptions } from 'ioredis';

const maxReconnectMs = 1_000;
const maxConnectMs = 5_000;
/** A Redis that hangs is as good as one that is away. */
const maxCommandMs = 2_000;

type Log = { warn(fields: object, text: string): void; info(fields: object, text: string): void };

const reasonOf = (error: Error & { code?: string }): string => error.message || error.code || error.name;

/**
 * A connection to Redis that comes back by itself. Going and coming are logged once each. Unless `options`
 * say otherwise, commands fail at once while it is away, none is sent twice, and none is waited for longer
 * than 2 s.
 */
export const connectRedis = (
  url: string,
  log: Log,
  options: Omit<RedisOptions, 'replyMapping'> = {},
): Redis => {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: maxCommandMs,
    connectTimeout: maxConnectMs,
    retryStrategy: (attempt) => Math.min(50 * attempt, maxReconnectMs),
    ...options,
  });
  let away = false;
  redis.on('error', (err) => {
    if (!away) log.warn({ reason: reasonOf(err) }, 'Redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info({}, 'Redis is back');
    away = false;
  });
  return redis;
};
