import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { checkpointKey, generationPrefix, pointerKey, units } from './keys.ts';
import { loadScript } from './script.ts';

/** What the pointer says: which generation is read, and what fills it. */
export type Generation = {
  /** Random and never used again: a number as of one generation and place means one thing for ever. */
  readonly generation: string;
  /** Version of the projections that fill it. */
  readonly projections: number;
  /** Id of the log it is filled from. */
  readonly log: string;
  /** Generations that were replaced and whose keys are still to be dropped. */
  readonly abandoned: readonly string[];
};

/** Keys looked at, and dropped, at once. */
const dropKeysAtOnce = 500;

const switchPointer = loadScript('./switch.lua');

const parsePointer = (text: string | null): Generation | undefined =>
  text === null ? undefined : (JSON.parse(text) as Generation);

/** The generation that is read now, if there is one. */
export const activeGeneration = async (redis: Redis): Promise<Generation | undefined> =>
  parsePointer(await redis.get(pointerKey));

/**
 * Begins a generation in place of another, or the first one. Its checkpoints are made before the pointer
 * names it, so an active generation without a checkpoint is one that lost it.
 * @param replaced what was active when this was decided.
 * @returns what is active now: of several who decide so at once only one begins a generation.
 */
export const beginGeneration = async (
  redis: Redis,
  filled: { readonly projections: number; readonly log: string },
  replaced: Generation | undefined,
): Promise<Generation> => {
  const generation = randomBytes(8).toString('hex');
  const abandoned = replaced === undefined ? [] : [...replaced.abandoned, replaced.generation];
  const { projections, log } = filled;
  const begun: Generation = { generation, projections, log, abandoned };
  for (const unit of units) {
    await redis.hset(checkpointKey(generation, unit), 'application', generation);
  }
  const active = (await switchPointer(
    redis,
    [pointerKey],
    [replaced === undefined ? '' : JSON.stringify(replaced), JSON.stringify(begun)],
  )) as string;
  const now = parsePointer(active) as Generation;
  if (now.generation !== generation) {
    await redis.unlink(...units.map((unit) => checkpointKey(generation, unit)));
  }
  return now;
};

/**
 * Drops the keys of a generation in slices, its checkpoints first, so that nobody reads what is half gone.
 */
export const dropGeneration = async (redis: Redis, generation: string): Promise<void> => {
  for (const unit of units) await redis.unlink(checkpointKey(generation, unit));
  let cursor = '0';
  do {
    const match = `${generationPrefix(generation)}*`;
    const [next, keys] = await redis.scan(cursor, 'MATCH', match, 'COUNT', dropKeysAtOnce);
    if (keys.length > 0) await redis.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
};

/** Drops what was abandoned, and strikes it off the pointer. Any process may do so, also several at once. */
export const dropAbandoned = async (redis: Redis, active: Generation): Promise<void> => {
  for (const generation of active.abandoned) await dropGeneration(redis, generation);
  const rest: Generation = { ...active, abandoned: [] };
  await switchPointer(redis, [pointerKey], [JSON.stringify(active), JSON.stringify(rest)]);
};
