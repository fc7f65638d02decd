import type { ShownBooking } from '@carat/protocol';
import type { RedisClient } from './connection.ts';
import { decodeFeedHead, heldEntries } from './feeds.ts';
import { feedHeadsTable, ranksPrefix, tableKey, type Unit } from './keys.ts';
import { minRanked } from './ranks.ts';
import { listTables } from './scan.ts';
import { rankTotals } from './totals.ts';

const readAtOnce = 5_000;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const readHash = async (redis: RedisClient, key: string): Promise<[string, string][]> => {
  const fields = new Map<string, string>();
  let cursor = '0';
  do {
    const [next, flat] = await redis.hscan(key, cursor, 'COUNT', readAtOnce);
    for (let i = 0; i + 1 < flat.length; i += 2) fields.set(flat[i]!, flat[i + 1]!);
    cursor = next;
  } while (cursor !== '0');
  return [...fields].sort(([a], [b]) => byText(a, b));
};

const dumpRanks = async (redis: RedisClient, ranks: string, totals: string): Promise<string[]> => {
  const ids = await redis.zrange(ranks, '0', '-1');
  const values = ids.length === 0 ? [] : await redis.hmget(totals, ...ids);
  return rankTotals(ids.map((id, i) => [id, values[i] ?? '']))
    .slice(0, minRanked)
    .map(({ id, amounts }) => `${id} ${amounts[0]}`);
};

const dumpFeed = async (redis: RedisClient, key: string, head: string | null): Promise<string[]> => {
  const entries = await redis.xrange(key, '-', '+');
  const bookings = entries.flatMap(([, fields]) => JSON.parse(fields[7]!) as ShownBooking[]);
  return heldEntries(bookings, decodeFeedHead(head)).map((booking) => JSON.stringify(booking));
};

const dumpTable = async (
  redis: RedisClient,
  generation: string,
  unit: Unit,
  table: string,
): Promise<string[]> => {
  const key = (table: string): string => tableKey(generation, unit, table);
  if (table.startsWith(ranksPrefix)) {
    return dumpRanks(redis, key(table), key(table.slice(ranksPrefix.length)));
  }
  if ((await redis.type(key(table))) === 'stream') {
    return dumpFeed(redis, key(table), await redis.hget(key(feedHeadsTable), table));
  }
  return (await readHash(redis, key(table))).map(([field, value]) => `${field} ${value}`);
};

/**
 * All numbers of a unit in their one canonical form, line by line: all totals, the first `minRanked` of each
 * board, bookings one by one. It does not depend on how the events were cut into batches. To be called while
 * nothing is applied to the unit. Holds one table in memory at a time.
 */
export async function* dumpLines(redis: RedisClient, generation: string, unit: Unit): AsyncGenerator<string> {
  for (const table of await listTables(redis, generation, unit)) {
    for (const row of await dumpTable(redis, generation, unit, table)) yield `${table} ${row}`;
  }
}

/** The same all at once. */
export const dumpUnit = async (redis: RedisClient, generation: string, unit: Unit): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of dumpLines(redis, generation, unit)) lines.push(line);
  return lines;
};
