import type { EventStore } from '@carat/event-store';
import type { RedisClient } from '@carat/read-models';
import { readConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { withRedis } from '../redis.ts';

/** The system whose units are looked at. */
export type System = { readonly store: EventStore; readonly redis: RedisClient };

/**
 * Works with the log and Redis of the system that the environment names, and closes both.
 * @throws CommandError where either cannot be reached
 */
export const withSystem = async <T>(work: (system: System) => Promise<T>): Promise<T> => {
  const { eventStore, redisUrl } = await readConfig();
  // A damaged log will do: what is damaged may be just what stops a unit.
  return withLog(
    eventStore,
    (store) => withRedis(redisUrl, (redis) => work({ store, redis })),
    () => undefined,
  );
};
