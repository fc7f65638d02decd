import { id } from './ids.ts';
import { maxShards, shardOf } from './shards.ts';

/**
 * A set of read models that moves together, with one checkpoint and one hash tag, which is its name:
 * `creators`, or one of its shards; `boards`; or a board that an operator defined.
 */
export type Unit = 'creators' | `creators:${number}` | 'boards' | `board:${string}`;

/** What a unit holds. */
export type UnitKind = 'creators' | 'boards' | 'board';

const shardPrefix = 'creators:';
const boardPrefix = 'board:';

export const kindOf = (unit: Unit): UnitKind => {
  if (unit.startsWith(boardPrefix)) return 'board';
  return unit === 'boards' ? 'boards' : 'creators';
};

/** The units of creators, of so many shards. */
export const creatorUnits = (shards: number): Unit[] =>
  shards === 1
    ? ['creators']
    : Array.from({ length: shards }, (_, shard): Unit => `${shardPrefix}${shard}` as Unit);

/** Over how many shards the creators are spread, by the units that there are. */
export const shardsOf = (units: readonly Unit[]): number =>
  units.filter((unit) => kindOf(unit) === 'creators').length;

/** Which of the units holds the numbers of a creator and its lives. */
export const unitOfCreator = (creator: string, units: readonly Unit[]): Unit => {
  const shards = shardsOf(units);
  return shards === 1 ? 'creators' : (`${shardPrefix}${shardOf(creator, shards)}` as Unit);
};

/** Which shard a unit of creators is, counted from 0. */
export const shardOfUnit = (unit: Unit): number =>
  unit.startsWith(shardPrefix) ? Number(unit.slice(shardPrefix.length)) : 0;

/** The unit of a board that an operator defined, and back: undefined where it is no such unit. */
export const unitOfBoard = (board: string): Unit => `${boardPrefix}${board}`;
export const boardOfUnit = (unit: Unit): string | undefined =>
  unit.startsWith(boardPrefix) ? unit.slice(boardPrefix.length) : undefined;

/** By what name operators leave events out of a unit: what is left out of creators is so in all shards. */
export const skipNameOf = (unit: Unit): string => (kindOf(unit) === 'creators' ? 'creators' : unit);

/** Undefined where no unit can be called so. */
export const parseUnit = (text: string): Unit | undefined => {
  if (text === 'creators' || text === 'boards') return text;
  const [, shard] = /^creators:(\d{1,2})$/.exec(text) ?? [];
  if (shard !== undefined) return Number(shard) < maxShards ? (text as Unit) : undefined;
  const board = boardOfUnit(text as Unit);
  return board !== undefined && id.safeParse(board).success ? (text as Unit) : undefined;
};
