import { connectRedis } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import { limits } from './limits.ts';

/**
 * The connections of a projector; each comes back by itself, and none ends the process when Redis is away.
 */
export const connect = (url: string, log: Logger) => {
  const data = connectRedis(url, log, { commandTimeout: limits.redisCommandMs });
  const queue = connectRedis(url, log, { commandTimeout: limits.redisCommandMs });
  // BullMQ waits on this one for jobs, so nothing on it may time out or fail.
  const worker = connectRedis(url, log, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    autoResendUnfulfilledCommands: true,
    commandTimeout: undefined,
  });
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
