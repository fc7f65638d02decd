import { randomUUID } from 'node:crypto';
import type { RedisClient } from './connection.ts';
import { checkpointKey, tableKey, type Unit } from './keys.ts';
import { loadScript } from './script.ts';
import { comparePlaces } from './totals.ts';

/** The event that a unit is stopped at, as every process and operator can see it. */
export type Poison = {
  readonly event: string;
  readonly position: string;
  /** Why the unit cannot take it, in one sentence. */
  readonly fault: string;
  /** When the unit was first stopped at it, by the clock of Redis, in ms since 1970. */
  readonly since: number;
  /** The latest retry that an operator asked for. */
  readonly retry: string | null;
  /** The latest retry that ended at this event again. */
  readonly retried: string | null;
};

type PoisonReply = [
  event: string | null,
  position: string | null,
  fault: string | null,
  since: string | null,
  retry: string | null,
  retried: string | null,
];

/** The table under which a unit says what stops it; no number lies there. */
export const poisonTable = 'poison';

const writeScript = loadScript('./poison-write.lua');
const clearScript = loadScript('./poison-clear.lua');
const retryScript = loadScript('./poison-retry.lua');

const keyOf = (generation: string, unit: Unit): string => tableKey(generation, unit, poisonTable);

/**
 * What stops a unit, if anything does. Where the unit stands is looked at as well: it may have gone on
 * before whoever was stopped came to say so.
 */
export const readPoison = async (
  redis: RedisClient,
  generation: string,
  unit: Unit,
): Promise<Poison | undefined> => {
  const [reply, stands] = await Promise.all([
    redis.hmget(keyOf(generation, unit), 'event', 'position', 'fault', 'since', 'retry', 'retried'),
    redis.hget(checkpointKey(generation, unit), 'position'),
  ]);
  const [event, position, fault, since, retry, retried] = reply as PoisonReply;
  if (event === null || position === null) return undefined;
  if (stands !== null && comparePlaces(stands, position) >= 0) return undefined;
  return { event, position, fault: fault ?? '', since: Number(since), retry, retried };
};

/**
 * Notes at which event a unit is stopped; said again, only the fault may change. Of a generation that was
 * dropped nothing is noted.
 * @param retried the retry that ended there, if it was one
 */
export const writePoison = async (
  redis: RedisClient,
  generation: string,
  unit: Unit,
  { event, position, fault }: Pick<Poison, 'event' | 'position' | 'fault'>,
  retried: string | null = null,
): Promise<void> => {
  const keys = [keyOf(generation, unit), checkpointKey(generation, unit)];
  await writeScript(redis, keys, [event, position, fault, retried ?? '']);
};

/** Forgets that a unit is stopped at an event, unless it is stopped at another one by now. */
export const clearPoison = async (
  redis: RedisClient,
  generation: string,
  unit: Unit,
  event: string,
): Promise<void> => {
  await clearScript(redis, [keyOf(generation, unit)], [event]);
};

/**
 * Asks the projector to try at once the event that a unit is stopped at.
 * @returns the retry, to be found again in `retried` where it ended at the event again; undefined where the
 * unit is no longer stopped there
 */
export const askRetry = async (
  redis: RedisClient,
  generation: string,
  unit: Unit,
  event: string,
): Promise<string | undefined> => {
  const retry = randomUUID();
  const asked = await retryScript(redis, [keyOf(generation, unit)], [event, retry]);
  return asked === 1 ? retry : undefined;
};
