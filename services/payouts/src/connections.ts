import { connectForJobs, connectRedis } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import { limits } from './limits.ts';

/** The connections of the payouts service; each comes back by itself. */
export const connect = (url: string, log: Logger) => {
  const queue = connectRedis(url, log, { commandTimeout: limits.redisCommandMs });
  const worker = connectForJobs(url, log);
  return {
    queue,
    worker,
    close: (): void => {
      for (const redis of [queue, worker]) redis.disconnect();
    },
  };
};

export type Connections = ReturnType<typeof connect>;
