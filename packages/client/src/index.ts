export { Carat, type CaratEvents } from './carat.ts';
export type { Combo, GiftToSend } from './combo.ts';
export { type ConnectOptions, connect } from './connect.ts';
export type { Token } from './connection.ts';
export { CaratError, type CaratErrorCode, CaratRefusal } from './errors.ts';
export { defaultLimits, type Limits } from './limits.ts';
export { comparePositions, type FeedPart, type LiveNumbers } from './numbers.ts';
export type { WatchCallbacks, Watching } from './watching.ts';
