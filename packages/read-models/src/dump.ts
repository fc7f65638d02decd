import type { ShownBooking } from '@carat/protocol';
import type { Redis } from 'ioredis';
import { decodeFeedHead, heldEntries } from './feeds.ts';
import { feedHeadsTable, ranksPrefix, tableKey, type Unit } from './keys.ts';
import { minRanked } from './ranks.ts';
import { listTables } from './scan.ts';
import { rankTotals } from './totals.ts';

const readAtOnce = 5_000;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const readHash = async (redis: Redis, key: string): Promise<[string, string][]> => {
  const fields = new Map<string, string>();
  let cursor = '0';
  do {
    const [next, flat] = await redis.hscan(key, cursor, 'COUNT', readAtOnce);
    for (let i = 0; i + 1 < flat.length; i += 2) fields.set(flat[i]!, flat[i + 1]!);
    cursor = next;
  } while (cursor !== '0');
  return [...fields].sort(([a], [b]) => byText(a, b));
};

const dumpRanks = async (redis: Redis, ranks: string, totals: string): Promise<string[]> => {
  const ids = await redis.zrange(ranks, '0', '-1');
  const values = ids.length === 0 ? [] : await redis.hmget(totals, ...ids);
  return rankTotals(ids.map((id, i) => [id, values[i] ?? '']))
    .slice(0, minRanked)
    .map(({ id, amounts }) => `${id} ${amounts[0]}`);
};

const dumpFeed = async (redis: Redis, key: string, head: string | null): Promise<string[]> => {
  const entries = await redis.xrange(key, '-', '+');
  const bookings = entries.flatMap(([, fields]) => JSON.parse(fields[7]!) as ShownBooking[]);
  return heldEntries(bookings, decodeFeedHead(head)).map((booking) => JSON.stringify(booking));
};

/**
 * All numbers of a unit in their one canonical form, line by line: all totals, the first `minRanked` of each
 * board, bookings one by one. It does not depend on how the events were cut into batches. To be called while
 * nothing is applied to the unit.
 */
export const dumpUnit = async (redis: Redis, generation: string, unit: Unit): Promise<string[]> => {
  const key = (table: string): string => tableKey(generation, unit, table);
  const lines: string[] = [];
  for (const table of await listTables(redis, generation, unit)) {
    const add = (rows: readonly string[]): void => {
      for (const row of rows) lines.push(`${table} ${row}`);
    };
    if (table.startsWith(ranksPrefix)) {
      add(await dumpRanks(redis, key(table), key(table.slice(ranksPrefix.length))));
    } else if ((await redis.type(key(table))) === 'stream') {
      add(await dumpFeed(redis, key(table), await redis.hget(key(feedHeadsTable), table)));
    } else {
      add((await readHash(redis, key(table))).map(([field, value]) => `${field} ${value}`));
    }
  }
  return lines;
};
