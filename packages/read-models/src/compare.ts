import { compareFeeds } from './compare-feeds.ts';
import { compareTotals } from './compare-totals.ts';
import { type Compared, type Difference, readBoth, slicesOf } from './compared.ts';
import { feedHeadsTable, ranksPrefix, tableKey } from './keys.ts';
import { minRanked } from './ranks.ts';
import { listTables } from './scan.ts';
import { rankTotals } from './totals.ts';

/** Boards of which one script reads the best, which keeps Redis below 5 ms. */
const boardsAtOnce = 4;

/**
 * Compares all that two generations hold of a unit: totals field by field, the first `minRanked` of each
 * board, bookings one by one. Nobody is held up for it: slices of the live generation are read together with
 * its place in one step, then the other is brought to that very place and read too.
 * @throws CannotCompare
 */
export async function* compareUnits(compared: Compared): AsyncGenerator<Difference> {
  const { redis, unit, live, rebuilt } = compared;
  const tablesOf = (generation: string) => listTables(redis, generation, unit);
  const names = [...new Set([...(await tablesOf(live)), ...(await tablesOf(rebuilt))])].sort();
  const [totals, boards, feeds]: [string[], string[], string[]] = [[], [], []];
  for (const table of names) {
    if (table === feedHeadsTable) continue;
    if (table.startsWith(ranksPrefix)) boards.push(table.slice(ranksPrefix.length));
    else if (await isFeed(compared, table)) feeds.push(table);
    else totals.push(table);
  }
  yield* compareTotals(compared, totals);
  for (const some of slicesOf(boards, boardsAtOnce)) yield* compareBoards(compared, some);
  yield* compareFeeds(compared, feeds);
}

const isFeed = async ({ redis, unit, live, rebuilt }: Compared, table: string): Promise<boolean> => {
  for (const generation of [rebuilt, live]) {
    const type = await redis.type(tableKey(generation, unit, table));
    if (type !== 'none') return type === 'stream';
  }
  return false;
};

async function* compareBoards(compared: Compared, tables: readonly string[]): AsyncGenerator<Difference> {
  const both = await readBoth(compared, (questions) => {
    for (const table of tables) questions.top(table, minRanked);
  });
  for (const [n, table] of tables.entries()) {
    const live = firstOf(both.live[n] as string[]);
    const rebuilt = firstOf(both.rebuilt[n] as string[]);
    for (const id of new Set([...live.keys(), ...rebuilt.keys()])) {
      const [one, other] = [live.get(id) ?? null, rebuilt.get(id) ?? null];
      if (one === other) continue;
      yield { unit: compared.unit, table: ranksPrefix + table, field: id, live: one, rebuilt: other };
    }
  }
}

/** Those who count of a board: by id, their place on it and score. */
const firstOf = (flat: readonly string[]): Map<string, string> => {
  const pairs = Array.from({ length: flat.length / 2 }, (_, n) => [flat[2 * n]!, flat[2 * n + 1]!] as const);
  const ranked = rankTotals(pairs).slice(0, minRanked);
  return new Map(ranked.map(({ id, amounts }, place) => [id, `${place + 1}. ${amounts[0]}`]));
};
