export { askAs, tokenFor } from './asking.ts';
export type { Exit } from './child.ts';
export { caratDir, projectRoot, readRedisSettings } from './config.ts';
export { LocalError } from './failure.ts';
export { findFreePorts, isFree } from './ports.ts';
export type { SystemProcess } from './process.ts';
export { findRedis, type LocalRedis, type RedisOptions, startRedis } from './redis.ts';
export { findRunning, type Running } from './running.ts';
export { type ServiceSpec, type System, type SystemOptions, startSystem } from './system.ts';
