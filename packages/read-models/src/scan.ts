import type { Unit } from '@carat/protocol';
import { mastersOf, type RedisClient } from './connection.ts';
import { unitPrefix } from './keys.ts';
import { poisonTable } from './poison.ts';

const scanKeysAtOnce = 500;
const scanFieldsAtOnce = 5_000;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What lies beside the tables of a unit, and holds no numbers. */
const noTables: ReadonlySet<string> = new Set(['checkpoint', poisonTable]);

/** All keys that match a pattern, some at a time, on whichever node they lie; one may come twice. */
export async function* scanKeys(redis: RedisClient, match: string): AsyncGenerator<string[]> {
  for (const node of await mastersOf(redis)) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', match, 'COUNT', scanKeysAtOnce);
      if (keys.length > 0) yield keys;
      cursor = next;
    } while (cursor !== '0');
  }
}

/** What puts a key into its slot: a unit's keys are all in one. */
const slotOf = (key: string): string => /\{[^}]+\}/.exec(key)?.[0] ?? key;

/**
 * Drops all keys that match a pattern, some at a time. Rejects at the next of those steps where it is to end.
 */
export const dropKeys = async (redis: RedisClient, match: string, ending?: AbortSignal): Promise<void> => {
  for await (const keys of scanKeys(redis, match)) {
    ending?.throwIfAborted();
    const bySlot = Object.values(Object.groupBy(keys, slotOf));
    await Promise.all(bySlot.map((ofOne = []) => redis.unlink(...ofOne)));
  }
};

/** Names of all tables of a unit, sorted; ranks and feeds too. */
export const listTables = async (redis: RedisClient, generation: string, unit: Unit): Promise<string[]> => {
  const prefix = unitPrefix(generation, unit);
  const found = new Set<string>();
  for await (const keys of scanKeys(redis, `${prefix}*`)) {
    for (const key of keys) found.add(key.slice(prefix.length));
  }
  return [...found].filter((table) => !noTables.has(table)).sort(byText);
};

/** The fields of a hash, some at a time; one that is written meanwhile may come twice. */
export async function* scanFields(redis: RedisClient, key: string): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const [next, flat] = await redis.hscan(key, cursor, 'COUNT', scanFieldsAtOnce);
    // A small hash comes whole, whatever is asked for.
    for (let first = 0; first < flat.length; first += 2 * scanFieldsAtOnce) {
      yield flat.slice(first, first + 2 * scanFieldsAtOnce).filter((_, place) => place % 2 === 0);
    }
    cursor = next;
  } while (cursor !== '0');
}
