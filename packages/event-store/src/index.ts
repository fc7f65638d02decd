export { appendSurely, isAway } from './append-surely.ts';
export { type Follower, type FollowOptions, follow } from './follow.ts';
export { type OpenOptions, openEventStore } from './open.ts';
export * from './port.ts';
export { openSqliteStore } from './sqlite/store.ts';
