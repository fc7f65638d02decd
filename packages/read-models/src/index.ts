export type { Batch, Sum, TableBatch } from './batch.ts';
export { CannotCompare, compareUnits, type Difference } from './compare.ts';
export { connectRedis } from './connection.ts';
export { dumpUnit } from './dump.ts';
export {
  decodeFeedHead,
  type FeedEntry,
  type FeedHead,
  type FeedPage,
  feedLimits,
  heldEntries,
} from './feeds.ts';
export {
  abandonCandidate,
  activeGeneration,
  approveCandidate,
  beginCandidate,
  beginGeneration,
  type Candidate,
  dropAbandoned,
  dropGeneration,
  dropPrevious,
  type Filled,
  type Generation,
  revivePrevious,
  switchToCandidate,
} from './generations.ts';
export {
  channelOf,
  checkpointKey,
  feedHeadsTable,
  generationPrefix,
  jobsQueue,
  pointerKey,
  ranksKey,
  ranksPrefix,
  tableKey,
  type Unit,
  unitPrefix,
  units,
} from './keys.ts';
export { type LiveChange, repeatPlace, type UnitMessage } from './messages.ts';
export { askRetry, clearPoison, type Poison, poisonTable, readPoison, writePoison } from './poison.ts';
export { type Checkpoint, readCheckpoint } from './questions.ts';
export { minRanked } from './ranks.ts';
export {
  type BoardKind,
  createReader,
  type LiveTotals,
  maxBoardEntries,
  type PerGift,
  type Reader,
} from './reader.ts';
export {
  createRebuildReport,
  type RebuildPhase,
  type RebuildReport,
  readDifferences,
  readRebuild,
} from './rebuilds.ts';
export { subscribeToUnit } from './subscription.ts';
export { liveFields, tables } from './tables.ts';
export { comparePlaces, decodeTotal, encodeTotal, rankTotals, type Total } from './totals.ts';
export { createWriter, type Outcome, type Reached, type Sent, type Writer } from './writer.ts';
