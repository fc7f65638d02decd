import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@carat/read-models';

/** By what name each kind of work is held. */
export const leaseKeys = {
  sealing: 'carat:sealer',
  rebuilding: 'carat:rebuilder',
  sweeping: 'carat:sweeper',
} as const;

/**
 * Which of several processes does some work, so that not all of them do it. It is no more than that: it may
 * be held by two, or by none as Redis is away, and what they do has to bear it.
 */
export type Lease = {
  /** Takes the lease, or keeps it. @returns whether it is this process's */
  hold(): Promise<boolean>;
  /** Leaves it to others. */
  release(): Promise<void>;
};

/** @param leaseMs after which a process that died leaves it to another */
export const createLease = (redis: RedisClient, key: string, leaseMs: number): Lease => {
  const own = randomUUID();
  return {
    hold: async () => {
      try {
        const holder = await redis.set(key, own, 'PX', leaseMs, 'NX', 'GET');
        if (holder === own) await redis.pexpire(key, leaseMs);
        return holder === null || holder === own;
      } catch {
        return true;
      }
    },
    release: async () => {
      try {
        if ((await redis.get(key)) === own) await redis.del(key);
      } catch {
        // It ends by itself.
      }
    },
  };
};
