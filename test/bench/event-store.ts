import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromRow, judge, type Outcome } from './budgets.ts';
import { kurrentPairs } from './event-store-kurrentdb.ts';
import { latencyPairs } from './event-store-latency.ts';
import { sqlitePairs } from './event-store-sqlite.ts';
import { type Missing, machine, measure, type Pair, type Row, tableOf } from './rounds.ts';

const batchesOf200 = 'append, batches of 200';
const leastPerSecond = 100_000;

type Section = { readonly store: string; readonly pairs: readonly (Pair | Missing)[] };

const sectionsIn = async (folder: string): Promise<Section[]> => [
  { store: 'SQLite', pairs: [...sqlitePairs(folder), ...latencyPairs(folder)] },
  await kurrentPairs(process.env.KURRENTDB_URL),
];

/** Rows of pairs, and what is promised of one of them by itself. */
const budgetsOf = (measured: readonly { store: string; rows: readonly (Row | Missing)[] }[]): Outcome => ({
  bench: 'event-store',
  budgets: measured.flatMap(({ store, rows }) =>
    rows.flatMap((row) => {
      const found = fromRow(row, `${store}: `);
      if (row.what !== batchesOf200 || 'missing' in row) return [found];
      const budget = { least: leastPerSecond };
      return [
        judge({ row: `${store}: ${row.what}, by itself`, ours: row.ours, unit: row.unit, budget }),
        found,
      ];
    }),
  ),
});

/**
 * `npm run bench -- event-store`: the event store beside the bare statements of SQLite, and beside the
 * official client of KurrentDB where `KURRENTDB_URL` is set.
 */
export const benchEventStore = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
  });
  const rounds = Number(values.rounds);
  const folder = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const measured: { store: string; rows: (Row | Missing)[] }[] = [];
  try {
    for (const { store, pairs } of await sectionsIn(folder)) {
      const rows: (Row | Missing)[] = [];
      for (const pair of pairs) rows.push('missing' in pair ? pair : await measure(pair, rounds));
      measured.push({ store, rows });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (values.json) {
    return console.log(JSON.stringify({ ...budgetsOf(measured), machine: machine(), rounds, measured }));
  }
  const { cpu, memoryGiB, platform, node, sqlite, at } = machine();
  console.log(`${at}, ${cpu}, ${memoryGiB} GiB, ${platform}, Node ${node}, SQLite ${sqlite}`);
  console.log(`ours and the reference in turns, medians of ${rounds} rounds after one that is dropped`);
  for (const { store, rows } of measured) console.log(`\n${store}\n\n${tableOf(rows)}`);
};
