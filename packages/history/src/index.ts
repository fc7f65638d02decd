export type { Sources } from './all-time.ts';
export type { Dump, DumpStore } from './dumps.ts';
export { HistoryError } from './errors.ts';
export { type Entry, explainCombo, explainCreator, explainLive, explainViewer } from './explain.ts';
export { type Resolved, resolveMoment } from './moment.ts';
export {
  type BoardKind,
  findPastLive,
  type PastBoard,
  type PastLive,
  type Place,
  pastBoard,
  pastEarnings,
  pastLive,
} from './numbers.ts';
export { createRedisDumps } from './redis-dumps.ts';
export { type PastViewer, pastViewer, pastWallet } from './wallet.ts';
