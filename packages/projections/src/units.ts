import { type BoardDefinition, type Event, kindOf, shardOf, shardOfUnit, type Unit } from '@carat/domain';
import type { Change } from './changes.ts';
import { creatorBoards } from './creator-boards.ts';
import { creatorDays } from './creator-days.ts';
import { creatorLives } from './creator-lives.ts';
import { definedBoard } from './defined-board.ts';
import { earnings } from './earnings.ts';
import { createGathering, type Gathering, type Group, parts, projectAll } from './gathering.ts';
import { giftFeed } from './gift-feed.ts';
import { gifterBoards } from './gifter-boards.ts';
import { ledger } from './ledger.ts';
import { liveBoard } from './live-board.ts';
import { liveMinutes } from './live-minutes.ts';
import { liveTotals } from './live-totals.ts';
import { nothing, type Projection } from './projection.ts';

/**
 * Which read models move together, whatever operators define; most of them in groups, by what tells their
 * totals apart.
 */
const readModels = {
  creators: {
    groups: [
      { by: [parts.day, parts.creator], projections: [earnings, creatorDays, ledger] },
      { by: [parts.live, parts.gift], projections: [liveTotals] },
      { by: [parts.live, parts.viewer], projections: [liveBoard] },
      { by: [parts.minute, parts.live], projections: [liveMinutes] },
    ],
    others: [giftFeed, creatorLives],
  },
  boards: {
    groups: [
      { by: [parts.hour, parts.creator], projections: [creatorBoards, ledger] },
      { by: [parts.day, parts.viewer], projections: [gifterBoards] },
    ],
    others: [],
  },
} as const satisfies Record<string, { groups: readonly Group[]; others: readonly Projection[] }>;

const allOf = ({ groups, others }: { groups: readonly Group[]; others: readonly Projection[] }) => [
  ...groups.flatMap(({ projections }) => projections),
  ...others,
];
const projectionsOf = { creators: allOf(readModels.creators), boards: allOf(readModels.boards) };

export type UnitName = keyof typeof readModels;
export const unitNames = Object.keys(readModels) as UnitName[];

/** Goes up with every change to what any projection writes: then a new generation has to be filled. */
export const projectionsVersion = 2;

/** Everything that an event at a place of the log changes in all shards of a unit. */
export const project = (unit: UnitName, event: Event, position: string): readonly Change[] =>
  projectAll(projectionsOf[unit], event, position);

/** What a unit is a part of: how many shards creators have, and how its board is defined, if it is one. */
export type UnitTerms = { readonly shards: number; readonly board?: BoardDefinition | undefined };

/**
 * What events change in a unit.
 * @throws RangeError for the unit of a board without its definition
 */
export const projectionOf = (unit: Unit, { shards, board }: UnitTerms): Projection => {
  const kind = kindOf(unit);
  if (kind === 'board') {
    if (board === undefined) throw new RangeError(`${unit} is not defined`);
    return definedBoard(board);
  }
  const whole: Projection = (event, position) => project(kind, event, position);
  return kind === 'creators' && shards > 1 ? ofShard(whole, shardOfUnit(unit), shards) : whole;
};

/**
 * The same of many gifts at once, which are gathered first; undefined for a unit where that is not worth it.
 */
export const gatheringOf = (unit: Unit, { shards }: UnitTerms): Gathering | undefined => {
  const kind = kindOf(unit);
  if (kind === 'board') return undefined;
  const { groups, others } = readModels[kind];
  const gathering = createGathering(groups, others);
  if (kind !== 'creators' || shards === 1) return gathering;
  const shard = shardOfUnit(unit);
  const take: Gathering['take'] = (event, position) =>
    isOfShard(event, shard, shards) ? gathering.take(event, position) : undefined;
  return { ...gathering, take };
};

/** Whatever changes a creator's numbers, or those of its lives, names the creator. */
const isOfShard = ({ data }: Event, shard: number, shards: number): boolean =>
  'creator' in data && shardOf(data.creator, shards) === shard;

const ofShard =
  (whole: Projection, shard: number, shards: number): Projection =>
  (event, position) =>
    isOfShard(event, shard, shards) ? whole(event, position) : nothing;
