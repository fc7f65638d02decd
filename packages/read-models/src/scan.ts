import type { Redis } from 'ioredis';
import { type Unit, unitPrefix } from './keys.ts';
import { poisonTable } from './poison.ts';

const scanKeysAtOnce = 500;
const scanFieldsAtOnce = 5_000;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What lies beside the tables of a unit, and holds no numbers. */
const noTables: ReadonlySet<string> = new Set(['checkpoint', poisonTable]);

/** Names of all tables of a unit, sorted; ranks and feeds too. */
export const listTables = async (redis: Redis, generation: string, unit: Unit): Promise<string[]> => {
  const prefix = unitPrefix(generation, unit);
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', scanKeysAtOnce);
    for (const key of keys) found.add(key.slice(prefix.length));
    cursor = next;
  } while (cursor !== '0');
  return [...found].filter((table) => !noTables.has(table)).sort(byText);
};

/** The fields of a hash, some at a time; one that is written meanwhile may come twice. */
export async function* scanFields(redis: Redis, key: string): AsyncGenerator<readonly string[]> {
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
