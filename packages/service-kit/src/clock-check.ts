import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** Clocks further apart than this are not believed. */
export const maxClockSkewMs = 60_000;
const checkEveryMs = 5_000;
/** How long the first check waits for Redis to say whether it is there. */
const maxWaitMs = 2_000;
const lookEveryMs = 20;

/** Whether this process's clock can be trusted. */
export type ClockCheck = {
  /** What is wrong with the clock; undefined while nothing is known to be. */
  fault(): string | undefined;
  /** Looks at once, before what a wrong clock must not do. @returns what `fault` tells from now on */
  look(): Promise<string | undefined>;
  close(): void;
};

type Others = {
  readonly clock: Clock;
  readonly redis: { readonly status: string; time(): Promise<(number | string)[]> };
  readonly store: { head(): Promise<{ readonly created: number } | undefined> };
};

const describe = (aheadMs: number): string | undefined => {
  if (Math.abs(aheadMs) <= maxClockSkewMs) return undefined;
  const side = aheadMs > 0 ? 'ahead of' : 'behind';
  return `the clock is ${Math.round(Math.abs(aheadMs) / 1_000)} s ${side} that of others`;
};

/**
 * Compares the clock with that of Redis; while Redis is away, with the newest event of the log: time has come
 * at least as far. Resolves after the first comparison, so that nothing is decided on a clock that nobody has
 * looked at.
 */
export const startClockCheck = async ({ clock, redis, store }: Others): Promise<ClockCheck> => {
  let fault: string | undefined;

  const check = async (): Promise<void> => {
    if (redis.status === 'ready') {
      const time = await redis.time().catch(() => undefined);
      if (time) {
        fault = describe(clock.now() - (Number(time[0]) * 1_000 + Number(time[1]) / 1_000));
        return;
      }
    }
    const end = await store.head().catch(() => undefined);
    if (end) fault = describe(Math.min(0, clock.now() - end.created));
  };

  const until = performance.now() + maxWaitMs;
  while (/^connect/.test(redis.status) && performance.now() < until) await pause(lookEveryMs);
  await check();
  const regularly = setInterval(() => void check(), checkEveryMs);
  regularly.unref();
  return {
    fault: () => fault,
    look: async () => {
      await check();
      return fault;
    },
    close: () => clearInterval(regularly),
  };
};
