import { setTimeout as pause } from 'node:timers/promises';
import { type EventStore, EventStoreError, type Position } from '@carat/event-store';
import { readCheckpoint } from '@carat/read-models';
import type { Redis } from 'ioredis';
import { reckon } from '../copy/progress.ts';
import { limits } from '../limits.ts';
import type { GenerationStands, UnitStands } from './redis.ts';

/** How far a unit is, as the log tells. */
export type UnitProgress = {
  /** Events after its checkpoint, counted up to `limits.maxBehindEvents`. */
  readonly behind: number;
  /** From 0 to 1, of the way from the start of the log to its head. */
  readonly share: number;
  /** Whether its checkpoint names an event that is in the log; true where it names none. */
  readonly inLog: boolean;
};

/** @throws EventStoreError */
export const measureProgress = async (
  store: EventStore,
  { checkpoint }: UnitStands,
  head: Position | undefined,
): Promise<UnitProgress> => {
  const position = (checkpoint?.position ?? undefined) as Position | undefined;
  const inLog = position === undefined || (await store.eventAt(position)) === checkpoint?.event;
  return {
    behind: await countAfter(store, inLog ? position : undefined),
    share: reckon({ events: 0, position: undefined }, { events: 0, position }, head, 0).share,
    inLog,
  };
};

/** Damage ends the count: the next event is there, and cannot be read. */
const countAfter = async (store: EventStore, after: Position | undefined): Promise<number> => {
  let count = 0;
  try {
    for (let from = after; count < limits.maxBehindEvents; ) {
      const limit = Math.min(limits.pageEvents, limits.maxBehindEvents - count);
      const page = await store.readAll({ after: from, limit });
      count += page.events.length;
      if (page.atHead) break;
      from = page.upTo;
    }
    return count;
  } catch (error) {
    if (!(error instanceof EventStoreError && error.code === 'damaged')) throw error;
    return count + 1;
  }
};

/**
 * Watches units that are behind, for `limits.keepUpMs` at most.
 * @returns the names of those that did not move meanwhile
 */
export const findStill = async (
  redis: Redis,
  { generation }: GenerationStands,
  behind: readonly UnitStands[],
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const deadline = performance.now() + limits.keepUpMs;
  let still = behind;
  while (still.length > 0 && performance.now() < deadline) {
    await pause(limits.catchUpPollMs, undefined, { signal });
    const now = await Promise.all(still.map(({ unit }) => readCheckpoint(redis, generation, unit)));
    still = still.filter(({ checkpoint }, n) => now[n]?.application === checkpoint?.application);
  }
  return still.map(({ unit }) => unit);
};
