export type { Batch, Sum, TableBatch } from './batch.ts';
export { compareUnits } from './compare.ts';
export { CannotCompare, type Difference } from './compared.ts';
export { connectForJobs, connectRedis, mastersOf, type RedisClient } from './connection.ts';
export { dumpLines, dumpUnit } from './dump.ts';
export { emptyUnit, readMark } from './empty-unit.ts';
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
  holdBoards,
  holdsBoards,
  plainUnits,
  type RetiredUnit,
  revivePrevious,
  switchToCandidate,
} from './generations.ts';
export {
  channelOf,
  checkpointKey,
  feedHeadsTable,
  generationPrefix,
  jobsQueue,
  payoutsQueue,
  pointerKey,
  ranksKey,
  ranksPrefix,
  tableKey,
  type Unit,
  unitPrefix,
} from './keys.ts';
export { type Ledger, readLedgers } from './ledgers.ts';
export { type LiveChange, repeatPlace, type UnitMessage } from './messages.ts';
export { dayMs, maxSpans, minuteMs, type Stretch } from './over-time.ts';
export { askRetry, clearPoison, type Poison, poisonTable, readPoison, writePoison } from './poison.ts';
export { type Checkpoint, readCheckpoint } from './questions.ts';
export { minRanked } from './ranks.ts';
export {
  type BoardKind,
  createReader,
  type LiveOf,
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
export { scanKeys } from './scan.ts';
export { lookAtStands } from './stands.ts';
export { subscribeToCreators } from './subscription.ts';
export { ledgerField, liveFields, minuteField, tables } from './tables.ts';
export { comparePlaces, decodeTotal, encodeTotal, rankTotals, type Total } from './totals.ts';
export { createWriter, type Outcome, type Reached, type Sent, type Writer } from './writer.ts';
