import { type BoardDefinition, type Event, kindOf, shardOf, shardOfUnit, type Unit } from '@carat/domain';
import type { Change } from './changes.ts';
import { creatorBoards } from './creator-boards.ts';
import { creatorDays } from './creator-days.ts';
import { creatorLives } from './creator-lives.ts';
import { definedBoard } from './defined-board.ts';
import { earnings } from './earnings.ts';
import { giftFeed } from './gift-feed.ts';
import { gifterBoards } from './gifter-boards.ts';
import { ledger } from './ledger.ts';
import { liveBoard } from './live-board.ts';
import { liveMinutes } from './live-minutes.ts';
import { liveTotals } from './live-totals.ts';
import { nothing, type Projection } from './projection.ts';

/** Which read models move together, whatever operators define. */
export const projectionsOf = {
  creators: [earnings, liveTotals, liveBoard, giftFeed, liveMinutes, creatorDays, creatorLives, ledger],
  boards: [creatorBoards, gifterBoards, ledger],
} as const satisfies Record<string, readonly Projection[]>;

export type UnitName = keyof typeof projectionsOf;
export const unitNames = Object.keys(projectionsOf) as UnitName[];

/** Goes up with every change to what any projection writes: then a new generation has to be filled. */
export const projectionsVersion = 2;

/** Everything that an event at a place of the log changes in all shards of a unit. */
export const project = (unit: UnitName, event: Event, position: string): Change[] => {
  const changes: Change[] = [];
  for (const projection of projectionsOf[unit]) {
    for (const change of projection(event, position)) changes.push(change);
  }
  return changes;
};

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

/** Whatever changes a creator's numbers, or those of its lives, names the creator. */
const ofShard =
  (whole: Projection, shard: number, shards: number): Projection =>
  (event, position) =>
    'creator' in event.data && shardOf(event.data.creator, shards) === shard
      ? whole(event, position)
      : nothing;
