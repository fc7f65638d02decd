export { addChanges, type Batch, emptyBatch, findFault, type Sum, type TableBatch } from './batch.ts';
export type { Change, FeedEntry } from './changes.ts';
export { definedBoard, rankingTable } from './defined-board.ts';
export type { Gathering } from './gathering.ts';
export type { Projection } from './projection.ts';
export { type Skips, skippedBy, skipsOf } from './skips.ts';
export {
  gatheringOf,
  project,
  projectionOf,
  projectionsVersion,
  type UnitName,
  type UnitTerms,
  unitNames,
} from './units.ts';
export { windowOf } from './windows.ts';
