// What windows are is said once, for the wires and for the rules.
export { type Window, windowStart } from '@carat/protocol';
export * from './catalogue.ts';
export * from './combos.ts';
export * from './decision.ts';
export * from './events.ts';
export * from './live.ts';
export * from './log.ts';
export * from './rates.ts';
export * from './streams.ts';
export * from './wallet.ts';
