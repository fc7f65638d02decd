import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSystem } from '@carat/local';
import { judge, notMeasured, type Outcome, printOutcome } from './budgets.ts';
import { bothPerSecond, closedLoop, gatherCrowd, loadCarat, medianCpu } from './closed-loop.ts';
import { seedLog } from './crowd.ts';
import { newId } from './event-store-events.ts';
import { appendOneByOne } from './event-store-kurrentdb.ts';
import { machine, median, takeTurns } from './rounds.ts';

const row = 'KurrentDB: claims acknowledged and projected, closed loop';
const leastRatio = 2.5;

const measure = async (url: string, rounds: number, runMs: number): Promise<Outcome> => {
  // The server keeps what others and earlier runs have written: names are of this run alone.
  const crowd = gatherCrowd(`bench-${newId()}-`);
  await seedLog(url, crowd.lives, crowd.viewers);
  const dir = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const system = await startSystem({ dir, eventStore: url, env: { LOG_LEVEL: 'warn' } });
  try {
    const kept = await takeTurns<'ours' | 'official', unknown>(rounds, 1, {
      official: () => appendOneByOne(url),
      ours: () => loadCarat(system, crowd, runMs),
    });
    const measured = kept as { official: number; ours: Awaited<ReturnType<typeof loadCarat>> }[];
    const of = (read: (round: (typeof measured)[number]) => number): number => median(measured.map(read));
    return {
      bench: 'kurrentdb',
      budgets: [
        judge({
          ...{ row, unit: 'per s', budget: { ratio: leastRatio } },
          ours: of(({ ours }) => bothPerSecond(ours)),
          reference: {
            value: of(({ official }) => official),
            what: 'one official appendToStream per gift, 64 in flight',
          },
          ratio: of(({ ours, official }) => bothPerSecond(ours) / official),
        }),
      ],
      cpu: { 'Carat on KurrentDB': medianCpu(measured.map(({ ours }) => ours)) },
    };
  } finally {
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};

/**
 * `npm run bench -- kurrentdb`: the closed loop with the log on the KurrentDB that `KURRENTDB_URL` names, in
 * turns with one append of the official client per gift.
 */
export const benchKurrentdb = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: String(closedLoop.runMs / 1_000) },
    },
  });
  const url = process.env.KURRENTDB_URL;
  const outcome =
    url === undefined
      ? { bench: 'kurrentdb', budgets: [notMeasured(row, 'KURRENTDB_URL is not set')] }
      : await measure(url, Number(values.rounds), Number(values.seconds) * 1_000);
  printOutcome({ ...outcome, ...{ machine: machine() } }, values.json);
};
