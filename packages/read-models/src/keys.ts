import type { Unit } from '@carat/protocol';

export type { Unit };

/** Holds which generation is active, as JSON. */
export const pointerKey = 'carat:active';

/**
 * The queue of wake-ups, and what its keys begin with; the braces put them into one slot of a cluster. The
 * projectors work it off; operators look at it.
 */
export const jobsQueue = { name: 'units', prefix: '{carat-jobs}' } as const;

/** The same for payouts that are to be brought forward: the payouts service works them off. */
export const payoutsQueue = { name: 'payouts', prefix: jobsQueue.prefix } as const;

/** All keys of a generation begin so. */
export const generationPrefix = (generation: string): string => `carat:${generation}:`;

/** All keys of a unit begin so; the braces put them into one slot of a cluster. */
export const unitPrefix = (generation: string, unit: Unit): string =>
  `${generationPrefix(generation)}{${unit}}:`;

/**
 * The unit's place in the log: a hash of `position`, `event`, `application`, and `torn` and `complete` if so.
 */
export const checkpointKey = (generation: string, unit: Unit): string =>
  `${unitPrefix(generation, unit)}checkpoint`;

/** The channel on which a unit says what has changed: sharded pub/sub. */
export const channelOf = (generation: string, unit: Unit): string => `${unitPrefix(generation, unit)}changes`;

/** A hash of totals and values by field, or a feed's stream. */
export const tableKey = (generation: string, unit: Unit, table: string): string =>
  `${unitPrefix(generation, unit)}${table}`;

/** Goes before a ranked table's name to name the sorted set of its best. */
export const ranksPrefix = 'ranks:';
export const ranksKey = (generation: string, unit: Unit, table: string): string =>
  tableKey(generation, unit, ranksPrefix + table);

/**
 * The hash of how the feeds of a unit stand: by feed, how many bookings it ever had and the latest time of
 * one.
 */
export const feedHeadsTable = 'feed-heads';
