import { connectRedis, jobsQueue } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import { Queue } from 'bullmq';

/** The projector's jobs, to be looked at; nothing here changes them. */
export type Jobs = {
  readonly queue: Queue;
  /** True while Redis does not answer, so that nobody waits for it. */
  readonly isAway: () => boolean;
  readonly close: () => Promise<void>;
};

/** Looks at the projector's jobs over a connection of its own, which comes back by itself. */
export const openJobs = (redisUrl: string, log: Logger): Jobs => {
  const redis = connectRedis(redisUrl, log);
  const queue = new Queue(jobsQueue.name, {
    connection: redis,
    prefix: jobsQueue.prefix,
    skipMetasUpdate: true,
  });
  queue.on('error', (error) => log.debug({ err: error }, 'the queue has lost Redis'));
  return {
    queue,
    isAway: () => redis.status !== 'ready',
    close: async () => {
      await queue.close();
      redis.disconnect();
    },
  };
};
