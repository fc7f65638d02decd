// What windows and units are is said once, for the wires and for the rules.
export {
  boardOfUnit,
  kindOf,
  shardOf,
  shardOfUnit,
  skipNameOf,
  type Unit,
  unitOfBoard,
  type Window,
  windowStart,
} from '@carat/protocol';
export * from './boards.ts';
export * from './catalogue.ts';
export * from './combos.ts';
export * from './conservation.ts';
export * from './day-earnings.ts';
export * from './decision.ts';
export * from './earnings.ts';
export * from './events.ts';
export * from './live.ts';
export * from './log.ts';
export * from './money-rates.ts';
export * from './payout.ts';
export type { Quote } from './payout-events.ts';
export * from './quote.ts';
export * from './rates.ts';
export * from './reconciliation.ts';
export * from './redemption.ts';
export * from './redemption-policy.ts';
export * from './redemption-review.ts';
export * from './settlement.ts';
export * from './standing.ts';
export * from './standing-decisions.ts';
export * from './statement.ts';
export * from './streams.ts';
export * from './wallet.ts';
