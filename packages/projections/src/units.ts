import type { Event } from '@carat/domain';
import type { Change } from './changes.ts';
import { creatorBoards } from './creator-boards.ts';
import { earnings } from './earnings.ts';
import { giftFeed } from './gift-feed.ts';
import { gifterBoards } from './gifter-boards.ts';
import { liveBoard } from './live-board.ts';
import { liveTotals } from './live-totals.ts';
import type { Projection } from './projection.ts';

/** Which read models move together. */
export const projectionsOf = {
  creators: [earnings, liveTotals, liveBoard, giftFeed],
  boards: [creatorBoards, gifterBoards],
} as const satisfies Record<string, readonly Projection[]>;

export type UnitName = keyof typeof projectionsOf;
export const unitNames = Object.keys(projectionsOf) as UnitName[];

/** Goes up with every change to what any projection writes: then a new generation has to be filled. */
export const projectionsVersion = 1;

/** Everything that an event at a place of the log changes in a unit. */
export const project = (unit: UnitName, event: Event, position: string): Change[] =>
  projectionsOf[unit].flatMap((projection) => projection(event, position));
