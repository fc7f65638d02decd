import { randomBytes } from 'node:crypto';
import type { RedisClient } from './connection.ts';
import { checkpointKey, tableKey, type Unit } from './keys.ts';
import { listTables } from './scan.ts';
import { loadScript } from './script.ts';

const empty = loadScript('./empty.lua');
const drop = loadScript('./empty-drop.lua');

/** Tables that one script drops, which keeps Redis far below 5 ms: Redis frees them beside its work. */
const tablesAtOnce = 500;

/** What marks a unit in the middle of an application, another with each piece; null where none is at it. */
export const readMark = (redis: RedisClient, generation: string, unit: Unit): Promise<string | null> =>
  redis.hget(checkpointKey(generation, unit), 'torn');

/**
 * Has a unit begin anew that was left in the middle of an application with this mark, or whose checkpoint is
 * gone. Whoever still applies to it, or empties it, is refused from now on; whoever dies over this leaves it
 * in the middle again.
 * @param mark null where the checkpoint is gone
 * @param mayBeComplete also where it has been read; otherwise one that is complete is left as it is
 */
export const emptyUnit = async (
  redis: RedisClient,
  generation: string,
  unit: Unit,
  mark: string | null,
  { mayBeComplete = false }: { readonly mayBeComplete?: boolean } = {},
): Promise<void> => {
  const self = randomBytes(8).toString('hex');
  const checkpoint = checkpointKey(generation, unit);
  if ((await empty(redis, [checkpoint], [mark ?? '', self, mayBeComplete ? '1' : ''])) === 0) return;
  const tables = (await listTables(redis, generation, unit)).map((table) =>
    tableKey(generation, unit, table),
  );
  for (let first = 0; first < tables.length; first += tablesAtOnce) {
    const some = tables.slice(first, first + tablesAtOnce);
    if ((await drop(redis, [checkpoint, ...some], [self])) === 0) return;
  }
  await empty(redis, [checkpoint], [self, '', '']);
};
