export type { Sources } from './all-time.ts';
export {
  type BoardKind,
  type PastBoard,
  type PastDefinedBoard,
  pastBoard,
  pastDefinedBoard,
} from './boards.ts';
export type { Dump, DumpStore } from './dumps.ts';
export { HistoryError } from './errors.ts';
export { type Entry, explainCombo, explainCreator, explainLive, explainViewer } from './explain.ts';
export { type Fold, type Folded, type FoldedStream, foldStream } from './folded-stream.ts';
export { type Resolved, resolveMoment } from './moment.ts';
export { earningsFold, moneyRatesFold, settlementFold, standingFold } from './money/streams.ts';
export {
  findPastLive,
  type PastLive,
  type Place,
  pastEarnings,
  pastLive,
} from './numbers.ts';
export { createRedisDumps } from './redis-dumps.ts';
export { describeBehind, findFaults } from './status/faults.ts';
export { lookAtLog } from './status/log.ts';
export { measureProgress, unitsBehind } from './status/progress.ts';
export { type PastViewer, pastViewer, pastWallet } from './wallet.ts';
