import { connectRedis } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import { limits } from './limits.ts';

/** The connections of the payouts service; each comes back by itself. */
export const connect = (url: string, log: Logger) => {
  const queue = connectRedis(url, log, { commandTimeout: limits.redisCommandMs });
  // BullMQ waits on this one for jobs, so nothing on it may time out or fail.
  const worker = connectRedis(url, log, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    autoResendUnfulfilledCommands: true,
    commandTimeout: undefined,
  });
  return {
    queue,
    worker,
    close: (): void => {
      for (const redis of [queue, worker]) redis.disconnect();
    },
  };
};

export type Connections = ReturnType<typeof connect>;
