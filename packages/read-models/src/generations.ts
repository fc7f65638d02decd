import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { checkpointKey, generationPrefix, pointerKey, units } from './keys.ts';
import { loadScript } from './script.ts';

/** Read models as of one log and one version of the projections. */
export type Filled = {
  /** Random and never used again: a number as of one generation and place means one thing for ever. */
  readonly generation: string;
  /** Version of the projections that fill it. */
  readonly projections: number;
  /** Id of the log it is filled from. */
  readonly log: string;
};

/** One that is filled beside the active one, in silence, to take its place. */
export type Candidate = Filled & {
  /** Whether it takes its place once it is not behind, or is only compared until somebody says so. */
  readonly approved: boolean;
};

/** What the pointer says: which generation is read, and what else there is. */
export type Generation = Filled & {
  readonly candidate?: Candidate;
  /** The one that was active before, kept to go back to until it is dropped. Nobody fills it meanwhile. */
  readonly previous?: Filled;
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

/** Changes the pointer from what was read to what shall be, unless another has changed it. @returns it */
const change = async (
  redis: Redis,
  read: Generation | undefined,
  next: Generation,
): Promise<Generation | undefined> => {
  const before = read === undefined ? '' : JSON.stringify(read);
  const now = await switchPointer(redis, [pointerKey], [before, JSON.stringify(next)]);
  return parsePointer((now as string) || null);
};

/** The checkpoints of a new generation, made before anything names it: without them it would look lost. */
const makeCheckpoints = async (redis: Redis): Promise<string> => {
  const generation = randomBytes(8).toString('hex');
  for (const unit of units) {
    await redis.hset(checkpointKey(generation, unit), 'application', generation);
  }
  return generation;
};

const dropCheckpoints = async (redis: Redis, generation: string): Promise<void> => {
  for (const unit of units) await redis.unlink(checkpointKey(generation, unit));
};

/** All generations that a pointer names, its active one too. */
const namedBy = ({ generation, candidate, previous, abandoned }: Generation): string[] => [
  ...abandoned,
  ...(previous ? [previous.generation] : []),
  ...(candidate ? [candidate.generation] : []),
  generation,
];

/**
 * Begins a generation in place of another, or the first one. Whatever else there was is abandoned: what broke
 * the one may have broken the others.
 * @param replaced what was active when this was decided.
 * @returns what is active now: of several who decide so at once only one begins a generation.
 */
export const beginGeneration = async (
  redis: Redis,
  { projections, log }: Omit<Filled, 'generation'>,
  replaced: Generation | undefined,
): Promise<Generation> => {
  const generation = await makeCheckpoints(redis);
  const abandoned = replaced === undefined ? [] : namedBy(replaced);
  const now = (await change(redis, replaced, { generation, projections, log, abandoned })) as Generation;
  if (now.generation !== generation) await dropCheckpoints(redis, generation);
  return now;
};

/**
 * Begins a generation beside the active one, unless there is a candidate already.
 * @returns what the pointer says now
 */
export const beginCandidate = async (
  redis: Redis,
  { projections, log, approved }: Omit<Candidate, 'generation'>,
  active: Generation,
): Promise<Generation | undefined> => {
  if (active.candidate !== undefined) return active;
  const generation = await makeCheckpoints(redis);
  const now = await change(redis, active, {
    ...active,
    candidate: { generation, projections, log, approved },
  });
  if (now?.candidate?.generation !== generation) await dropCheckpoints(redis, generation);
  return now;
};

/** Lets the candidate take the place of the active one as soon as it is not behind. */
export const approveCandidate = async (redis: Redis, active: Generation): Promise<Generation | undefined> => {
  if (active.candidate === undefined || active.candidate.approved) return active;
  return change(redis, active, { ...active, candidate: { ...active.candidate, approved: true } });
};

/** Gives the candidate up. */
export const abandonCandidate = async (redis: Redis, active: Generation): Promise<Generation | undefined> => {
  const { candidate, ...rest } = active;
  if (candidate === undefined) return active;
  return change(redis, active, { ...rest, abandoned: [...rest.abandoned, candidate.generation] });
};

/** The candidate takes the place of the active one, which is kept; the one kept until now is abandoned. */
export const switchToCandidate = async (
  redis: Redis,
  active: Generation,
): Promise<Generation | undefined> => {
  const { candidate, previous, abandoned, generation, projections, log } = active;
  if (candidate === undefined) return active;
  return change(redis, active, {
    generation: candidate.generation,
    projections: candidate.projections,
    log: candidate.log,
    previous: { generation, projections, log },
    abandoned: previous ? [...abandoned, previous.generation] : abandoned,
  });
};

/** Makes the one that was active before a candidate: it is brought up to date before it is read again. */
export const revivePrevious = async (redis: Redis, active: Generation): Promise<Generation | undefined> => {
  const { previous, ...rest } = active;
  if (previous === undefined || rest.candidate !== undefined) return active;
  return change(redis, active, { ...rest, candidate: { ...previous, approved: true } });
};

/** Abandons the one that was kept. */
export const dropPrevious = async (redis: Redis, active: Generation): Promise<Generation | undefined> => {
  const { previous, ...rest } = active;
  if (previous === undefined) return active;
  return change(redis, active, { ...rest, abandoned: [...rest.abandoned, previous.generation] });
};

/**
 * Drops the keys of a generation in slices, its checkpoints first, so that nobody reads what is half gone.
 */
export const dropGeneration = async (redis: Redis, generation: string): Promise<void> => {
  await dropCheckpoints(redis, generation);
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
  await change(redis, active, { ...active, abandoned: [] });
};
