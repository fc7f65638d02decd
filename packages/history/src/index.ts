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
export {
  type EarningsLog,
  type ExplainedDay,
  type ExplainedRedemption,
  explainRedemption,
  type Placed,
} from './money/explain-redemption.ts';
export { findCreatorOfRedemption, readEarningsLog } from './money/explain-redemption-log.ts';
export { followOpenRedemptions, type OpenRedemptions } from './money/open-redemptions.ts';
export {
  evolveAlone,
  type KnownRedemption,
  type OpenRedemption,
  type OpenStatus,
} from './money/open-set.ts';
export {
  findProviders,
  type ListingProvider,
  listAll,
  type Reconciled,
  reconcilePayouts,
} from './money/reconcile.ts';
export { type Cut, readCuts, type SettledGift, walkSettledGifts } from './money/settled-gifts.ts';
export {
  readSettledGifts,
  type SettledGiftsAsked,
  type SettledGiftsPage,
} from './money/settled-gifts-page.ts';
export { statementCsv } from './money/statement-csv.ts';
export { statementPdf } from './money/statement-pdf.ts';
export { readStatement, statementJson } from './money/statements.ts';
export { earningsFold, moneyRatesFold, settlementFold, standingFold } from './money/streams.ts';
export { foldUpTo } from './money/up-to.ts';
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
export { lookAtMoney, type MoneyStands } from './status/money.ts';
export { findMoneyFaults } from './status/money-faults.ts';
export { measureProgress, unitsBehind } from './status/progress.ts';
export { type PastViewer, pastViewer, pastWallet } from './wallet.ts';
