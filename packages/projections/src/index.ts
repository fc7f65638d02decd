export { addChanges, type Batch, emptyBatch, findFault, type Sum, type TableBatch } from './batch.ts';
export type { Change, FeedEntry } from './changes.ts';
export { type Skips, skipsOf } from './skips.ts';
export { project, projectionsVersion, type UnitName, unitNames } from './units.ts';
export { windowOf } from './windows.ts';
