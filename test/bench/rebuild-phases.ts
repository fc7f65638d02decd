import { setTimeout as pause } from 'node:timers/promises';
import { readRebuild } from '@carat/read-models';
import type { Redis } from 'ioredis';

const pollMs = 50;

/** How long each part of a rebuild takes, in seconds, as it says itself; it says so about every 250 ms. */
export const watchPhases = (redis: Redis) => {
  const began = new Map<string, number>();
  const ending = new AbortController();
  const watching = (async () => {
    for (; !ending.signal.aborted; await pause(pollMs)) {
      const phase = (await readRebuild(redis))?.phase;
      if (phase !== undefined && !began.has(phase)) began.set(phase, performance.now());
    }
  })();
  return {
    async stop(): Promise<Record<string, number>> {
      ending.abort();
      await watching;
      const [starts, now] = [[...began.values()], performance.now()];
      const seconds = (n: number): number =>
        Number((((starts[n + 1] ?? now) - starts[n]!) / 1_000).toFixed(1));
      return Object.fromEntries([...began.keys()].map((phase, n) => [phase, seconds(n)]));
    },
  };
};
