import { dropAbandoned, type Generation, type RedisClient } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import type { Lease } from './lease.ts';
import { limits } from './limits.ts';

type Dependencies = {
  readonly redis: RedisClient;
  readonly lease: Lease;
  readonly log: Logger;
  readonly dropAfterMs?: number;
};

/**
 * Drops what was replaced or retired once readers have had time to leave it. It takes as long as there are
 * keys: so it is done beside everything else, by one process at a time.
 */
export const createSweep = ({ redis, lease, log, dropAfterMs = limits.dropAfterMs }: Dependencies) => {
  const ending = new AbortController();
  /** The last that was given up, and since when it is known to be. */
  let givenUp: { readonly last: string; readonly at: number } | undefined;
  let sweeping: Promise<void> | undefined;

  const isDue = ({ abandoned, retired = [] }: Generation): boolean => {
    const last = [...abandoned, ...retired.map(({ generation, unit }) => `${generation} ${unit}`)].at(-1);
    if (last === undefined) return false;
    const now = performance.now();
    if (givenUp?.last !== last) givenUp = { last, at: now };
    return now - givenUp.at >= dropAfterMs;
  };

  const sweep = async (active: Generation): Promise<void> => {
    if (!(await lease.hold())) return;
    const { abandoned: generations, retired: units } = active;
    try {
      await dropAbandoned(redis, active, ending.signal);
      log.info({ generations, units }, 'what was replaced or retired was dropped');
    } catch (error) {
      log.debug({ err: error }, 'what was replaced or retired could not be dropped yet');
    }
    await lease.release();
  };

  return {
    /** Begins to drop what the pointer names as given up, if it is time, unless it is at it. */
    begin(active: Generation): void {
      if (sweeping !== undefined || ending.signal.aborted || !isDue(active)) return;
      sweeping = sweep(active).finally(() => {
        sweeping = undefined;
      });
    },
    /** Leaves the rest to others. */
    async stop(): Promise<void> {
      ending.abort();
      await sweeping;
    },
  };
};

export type Sweep = ReturnType<typeof createSweep>;
