import { setTimeout as pause } from 'node:timers/promises';
import { activeGeneration, readCheckpoint, type Unit } from '@carat/read-models';
import type { Redis } from 'ioredis';

const pollMs = 5;
const maxFillMs = 300_000;

/** Waits until all units of the active generation have been to the head of the log. */
export const awaitWhole = async (redis: Redis, maxMs = maxFillMs): Promise<void> => {
  const deadline = performance.now() + maxMs;
  for (;;) {
    const active = await activeGeneration(redis);
    const isThere = async (unit: Unit): Promise<boolean> =>
      (await readCheckpoint(redis, active!.generation, unit))?.complete === true;
    if (active && (await Promise.all(active.units.map(isThere))).every(Boolean)) return;
    if (performance.now() > deadline) throw new Error('The numbers were never whole.');
    await pause(pollMs);
  }
};
