import { randomBytes } from 'node:crypto';
import { kindOf, type Unit } from '@carat/protocol';
import type { RedisClient } from './connection.ts';
import { checkpointKey, generationPrefix, pointerKey, unitPrefix } from './keys.ts';
import { dropKeys } from './scan.ts';
import { loadScript } from './script.ts';

/** Read models as of one log and one version of the projections. */
export type Filled = {
  /** Random and never used again: a number as of one generation and place means one thing for ever. */
  readonly generation: string;
  /** Version of the projections that fill it. */
  readonly projections: number;
  /** Id of the log it is filled from. */
  readonly log: string;
  /** Of how many shards the creators are is settled when it begins; boards of operators come and go. */
  readonly units: readonly Unit[];
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
  /** Units of the others that were given up and whose keys are still to be dropped. */
  readonly retired?: readonly RetiredUnit[];
};

export type RetiredUnit = { readonly generation: string; readonly unit: Unit };

/** The units where nothing is sharded and no board is defined. */
export const plainUnits: readonly Unit[] = ['creators', 'boards'];

const switchPointer = loadScript('./switch.lua');

/** The same pointer with each of its generations changed. */
const mapGenerations = (pointer: Generation, map: (filled: Filled) => object): Generation =>
  ({
    ...map(pointer),
    ...(pointer.candidate && { candidate: map(pointer.candidate) }),
    ...(pointer.previous && { previous: map(pointer.previous) }),
  }) as Generation;

/** Plain units are not written down: a pointer of before there were others reads, and stays, as it is. */
const renderPointer = (pointer: Generation): string =>
  JSON.stringify(
    mapGenerations(pointer, ({ units, ...rest }) =>
      units.join() === plainUnits.join() ? rest : { units, ...rest },
    ),
  );

const parsePointer = (text: string | null): Generation | undefined =>
  text === null
    ? undefined
    : mapGenerations(JSON.parse(text) as Generation, ({ units = plainUnits, ...rest }) => ({
        units,
        ...rest,
      }));

/** The generation that is read now, if there is one. */
export const activeGeneration = async (redis: RedisClient): Promise<Generation | undefined> =>
  parsePointer(await redis.get(pointerKey));

/** Changes the pointer from what was read to what shall be, unless another has changed it. @returns it */
const change = async (
  redis: RedisClient,
  read: Generation | undefined,
  next: Generation,
): Promise<Generation | undefined> => {
  const text = await redis.get(pointerKey);
  const found = parsePointer(text);
  const isAsRead = (found && renderPointer(found)) === (read && renderPointer(read));
  if (!isAsRead) return found;
  const now = await switchPointer(redis, [pointerKey], [text ?? '', renderPointer(next)]);
  return parsePointer((now as string) || null);
};

/** The checkpoints of a new generation, made before anything names it: without them it would look lost. */
const makeCheckpoints = async (redis: RedisClient, units: readonly Unit[]): Promise<string> => {
  const generation = randomBytes(8).toString('hex');
  for (const unit of units) await makeCheckpoint(redis, generation, unit);
  return generation;
};

/** One that is there already stays as it is: several may make it at once. */
const makeCheckpoint = async (redis: RedisClient, generation: string, unit: Unit): Promise<void> => {
  await redis.hsetnx(checkpointKey(generation, unit), 'application', generation);
};

const dropCheckpoints = async (
  redis: RedisClient,
  generation: string,
  units: readonly Unit[],
): Promise<void> => {
  for (const unit of units) await redis.unlink(checkpointKey(generation, unit));
};

/** What begins a generation; its units are plain where none are named. */
type Begun<T extends Filled> = Omit<T, 'generation' | 'units'> & { readonly units?: readonly Unit[] };

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
  redis: RedisClient,
  { projections, log, units = plainUnits }: Begun<Filled>,
  replaced: Generation | undefined,
): Promise<Generation> => {
  const generation = await makeCheckpoints(redis, units);
  const abandoned = replaced === undefined ? [] : namedBy(replaced);
  const next: Generation = { units, generation, projections, log, abandoned };
  const now = (await change(redis, replaced, next)) as Generation;
  if (now.generation !== generation) await dropCheckpoints(redis, generation, units);
  return now;
};

/**
 * Begins a generation beside the active one, unless there is a candidate already.
 * @returns what the pointer says now
 */
export const beginCandidate = async (
  redis: RedisClient,
  { projections, log, approved, units = plainUnits }: Begun<Candidate>,
  active: Generation,
): Promise<Generation | undefined> => {
  if (active.candidate !== undefined) return active;
  const generation = await makeCheckpoints(redis, units);
  const now = await change(redis, active, {
    ...active,
    candidate: { units, generation, projections, log, approved },
  });
  if (now?.candidate?.generation !== generation) await dropCheckpoints(redis, generation, units);
  return now;
};

/** Lets the candidate take the place of the active one as soon as it is not behind. */
export const approveCandidate = async (
  redis: RedisClient,
  active: Generation,
): Promise<Generation | undefined> => {
  if (active.candidate === undefined || active.candidate.approved) return active;
  return change(redis, active, { ...active, candidate: { ...active.candidate, approved: true } });
};

/** Gives the candidate up. */
export const abandonCandidate = async (
  redis: RedisClient,
  active: Generation,
): Promise<Generation | undefined> => {
  const { candidate, ...rest } = active;
  if (candidate === undefined) return active;
  return change(redis, active, { ...rest, abandoned: [...rest.abandoned, candidate.generation] });
};

const isBoard = (unit: Unit): boolean => kindOf(unit) === 'board';

const isSameUnit = (a: RetiredUnit, b: RetiredUnit): boolean =>
  a.generation === b.generation && a.unit === b.unit;

/** Which boards the generations of a version lack of those they are to hold, and which they have too many. */
const differingBoards = (active: Generation, boards: readonly Unit[], projections: number) => {
  const filled = [active, ...(active.candidate ? [active.candidate] : [])].filter(
    (each) => each.projections === projections,
  );
  const differing = (units: (each: Filled) => readonly Unit[]): RetiredUnit[] =>
    filled.flatMap((each) => units(each).map((unit) => ({ generation: each.generation, unit })));
  return {
    added: differing(({ units }) => boards.filter((unit) => !units.includes(unit))),
    retired: differing(({ units }) => units.filter((unit) => isBoard(unit) && !boards.includes(unit))),
  };
};

/** Whether `holdBoards` would change nothing. */
export const holdsBoards = (active: Generation, boards: readonly Unit[], projections: number): boolean => {
  const { added, retired } = differingBoards(active, boards, projections);
  return added.length === 0 && retired.length === 0;
};

/**
 * Has the generation that is read, and the one filled beside it, hold these boards of operators and no
 * others. A board taken up is filled from the start of the log; one given up is dropped once readers have had
 * time to leave it.
 * @param active the pointer as it was read before the boards were: else a board that another process has just
 *   taken up might be given up again
 * @param projections only generations of this version are changed
 * @returns what the pointer says now
 */
export const holdBoards = async (
  redis: RedisClient,
  active: Generation,
  boards: readonly Unit[],
  projections: number,
): Promise<Generation | undefined> => {
  if (holdsBoards(active, boards, projections)) return active;
  const { added, retired } = differingBoards(active, boards, projections);
  for (const { generation, unit } of added) await makeCheckpoint(redis, generation, unit);
  const hold = (each: Filled): Filled =>
    each.projections === projections
      ? { ...each, units: [...each.units.filter((unit) => !isBoard(unit)), ...boards] }
      : each;
  const { candidate, retired: before = [], ...rest } = active;
  // What is taken up again is not to be dropped any more.
  const stillRetired = before.filter((each) => !added.some((unit) => isSameUnit(unit, each)));
  const nowRetired = [...stillRetired, ...retired];
  const now = await change(redis, active, {
    ...rest,
    ...hold(rest),
    ...(candidate && { candidate: { ...candidate, ...hold(candidate) } }),
    ...(nowRetired.length > 0 && { retired: nowRetired }),
  });
  // Who was faster may have given up the generation itself: nobody else drops what was made for it.
  const named = now ? namedBy(now) : [];
  for (const { generation, unit } of added) {
    if (!named.includes(generation)) await redis.unlink(checkpointKey(generation, unit));
  }
  return now;
};

/**
 * The candidate takes the place of the active one, which is kept; the one kept until now is abandoned. While
 * the candidate lacks a board that is defined, nothing is changed.
 * @param boards that are defined; the active one may hold others, of which nobody asks any more
 */
export const switchToCandidate = async (
  redis: RedisClient,
  active: Generation,
  boards: readonly Unit[],
): Promise<Generation | undefined> => {
  const { candidate, previous, abandoned, retired, generation, projections, log, units } = active;
  if (candidate === undefined) return active;
  if (boards.some((unit) => !candidate.units.includes(unit))) return active;
  return change(redis, active, {
    units: candidate.units,
    generation: candidate.generation,
    projections: candidate.projections,
    log: candidate.log,
    previous: { units, generation, projections, log },
    abandoned: previous ? [...abandoned, previous.generation] : abandoned,
    ...(retired && { retired }),
  });
};

/** Makes the one that was active before a candidate: it is brought up to date before it is read again. */
export const revivePrevious = async (
  redis: RedisClient,
  active: Generation,
): Promise<Generation | undefined> => {
  const { previous, ...rest } = active;
  if (previous === undefined || rest.candidate !== undefined) return active;
  return change(redis, active, { ...rest, candidate: { ...previous, approved: true } });
};

/** Abandons the one that was kept. */
export const dropPrevious = async (
  redis: RedisClient,
  active: Generation,
): Promise<Generation | undefined> => {
  const { previous, ...rest } = active;
  if (previous === undefined) return active;
  return change(redis, active, { ...rest, abandoned: [...rest.abandoned, previous.generation] });
};

/** Drops the keys of a generation, its checkpoints first, so that nobody reads what is half gone. */
export const dropGeneration = async (
  redis: RedisClient,
  generation: string,
  ending?: AbortSignal,
): Promise<void> => {
  await dropKeys(redis, `${generationPrefix(generation)}{*}:checkpoint`, ending);
  await dropKeys(redis, `${generationPrefix(generation)}*`, ending);
};

const dropUnit = async (
  redis: RedisClient,
  { generation, unit }: RetiredUnit,
  ending?: AbortSignal,
): Promise<void> => {
  await redis.unlink(checkpointKey(generation, unit));
  await dropKeys(redis, `${unitPrefix(generation, unit)}*`, ending);
};

/** Whether the generation that is read, or the one filled beside it, holds a unit that was given up once. */
const isHeld = (active: Generation, { generation, unit }: RetiredUnit): boolean =>
  [active, active.candidate].some((each) => each?.generation === generation && each.units.includes(unit));

/**
 * Drops what was given up, and strikes it off the pointer. Any process may do so, also several at once.
 * Rejects where it is to end before it is through; the pointer goes on naming what was given up.
 */
export const dropAbandoned = async (
  redis: RedisClient,
  active: Generation,
  ending?: AbortSignal,
): Promise<void> => {
  const { retired = [], ...rest } = active;
  for (const generation of active.abandoned) await dropGeneration(redis, generation, ending);
  for (const unit of retired) if (!isHeld(active, unit)) await dropUnit(redis, unit, ending);
  await change(redis, active, { ...rest, abandoned: [] });
};
