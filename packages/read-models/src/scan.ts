import type { Redis } from 'ioredis';

const scanKeysAtOnce = 500;
const scanFieldsAtOnce = 5_000;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Names of the tables under a prefix, sorted. */
export const listTables = async (redis: Redis, prefix: string): Promise<string[]> => {
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', scanKeysAtOnce);
    for (const key of keys) found.add(key.slice(prefix.length));
    cursor = next;
  } while (cursor !== '0');
  return [...found].sort(byText);
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
