import { randomBytes } from 'node:crypto';
import type { RedisClient } from './connection.ts';
import { checkpointKey, tableKey, type Unit } from './keys.ts';
import { listTables } from './scan.ts';
import { loadScript } from './script.ts';

const empty = loadScript('./empty.lua');

/** What marks a unit in the middle of an application, another with each piece; null where none is at it. */
export const readMark = (redis: RedisClient, generation: string, unit: Unit): Promise<string | null> =>
  redis.hget(checkpointKey(generation, unit), 'torn');

/**
 * Has a unit begin anew that is not complete and was left in the middle of an application with this mark.
 * Whoever still applies to it is refused from now on; whoever dies over this leaves it in the middle again.
 */
export const emptyUnit = async (
  redis: RedisClient,
  generation: string,
  unit: Unit,
  mark: string,
): Promise<void> => {
  const self = randomBytes(8).toString('hex');
  const checkpoint = checkpointKey(generation, unit);
  if ((await empty(redis, [checkpoint], [mark, self])) === 0) return;
  for (const table of await listTables(redis, generation, unit)) {
    await redis.unlink(tableKey(generation, unit, table));
  }
  await empty(redis, [checkpoint], [self, '']);
};
