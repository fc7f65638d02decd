import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { limits } from '../limits.ts';

const leaseKey = 'carat:sealer';

/**
 * Which of several processes seals, so that not all of them do the work of one. It is no more than that:
 * where it is held by two, or by none as Redis is away, the log itself sees to it that there is one chain.
 */
export type SealLease = {
  /** Takes the lease, or keeps it. @returns whether it is this process's */
  hold(): Promise<boolean>;
  /** Leaves it to others. */
  release(): Promise<void>;
};

export const createSealLease = (redis: Redis, leaseMs: number = limits.sealLeaseMs): SealLease => {
  const own = randomUUID();
  return {
    hold: async () => {
      try {
        const holder = await redis.set(leaseKey, own, 'PX', leaseMs, 'NX', 'GET');
        if (holder === own) await redis.pexpire(leaseKey, leaseMs);
        return holder === null || holder === own;
      } catch {
        return true;
      }
    },
    release: async () => {
      try {
        if ((await redis.get(leaseKey)) === own) await redis.del(leaseKey);
      } catch {
        // It ends by itself.
      }
    },
  };
};
