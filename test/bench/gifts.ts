import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSystem } from '@carat/local';
import { judge, type NotMeasured, notMeasured, type Outcome, printOutcome } from './budgets.ts';
import {
  bothPerSecond,
  closedLoop,
  gatherCrowd,
  type Loaded,
  type LoadedCarat,
  loadCarat,
  loadEcho,
  medianCpu,
} from './closed-loop.ts';
import { seedLog } from './crowd.ts';
import type { LoadResult } from './load.ts';
import { openNaive } from './naive.ts';
import { PostgresMissing } from './naive-postgres.ts';
import { digits, machine, median, takeTurns } from './rounds.ts';

type Naive = { load(runMs: number): Promise<Loaded>; close(): Promise<void> };
type Round = { readonly echo: LoadResult; readonly ours: LoadedCarat; readonly naive: Loaded | undefined };

const echoBudget = { ratio: 0.5 };
const naiveBudget = { ratio: 5 };
const naiveRow = 'claims acknowledged and projected, beside a transaction per gift';
const naiveStack = 'Socket.IO and one transaction of PostgreSQL per gift';

/** Undefined and why where this machine has no PostgreSQL. */
const findNaive = async (crowd: Parameters<typeof openNaive>[0]): Promise<Naive | NotMeasured> => {
  try {
    return await openNaive(crowd);
  } catch (error) {
    if (error instanceof PostgresMissing) return notMeasured(naiveRow, error.message);
    throw error;
  }
};

const summarize = (rounds: readonly Round[], without: NotMeasured | undefined) => {
  const exact = (read: (round: Round) => number): number => median(rounds.map(read));
  const of = (read: (round: Round) => number): number => digits(exact(read));
  const ours = exact((round) => bothPerSecond(round.ours));
  const againstNaive = judge({
    ...{ row: naiveRow, unit: 'per s', ours, budget: naiveBudget },
    reference: { value: exact(({ naive }) => naive?.perSecond ?? 0), what: naiveStack },
    ratio: exact((round) => bothPerSecond(round.ours) / (round.naive?.perSecond ?? Number.NaN)),
  });
  const outcome: Outcome = {
    bench: 'gifts',
    budgets: [
      judge({
        ...{ row: 'claims acknowledged and projected, closed loop', unit: 'per s', ours, budget: echoBudget },
        reference: { value: exact(({ echo }) => echo.perSecond), what: 'bare Socket.IO echo' },
        ratio: exact((round) => bothPerSecond(round.ours) / round.echo.perSecond),
      }),
      without ?? againstNaive,
    ],
    cpu: {
      Carat: medianCpu(rounds.map((round) => round.ours)),
      ...(!without && { 'transaction per gift': medianCpu(rounds.map(({ naive }) => naive!)) }),
    },
  };
  return {
    ...outcome,
    rounds: rounds.length,
    acknowledgedPerSecond: of((round) => round.ours.perSecond),
    projectedPerSecond: of((round) => round.ours.projectedPerSecond),
    refused: rounds.reduce((sum, round) => sum + round.ours.refused + (round.naive?.refused ?? 0), 0),
    latencyMs: {
      ours: { p50: of((round) => round.ours.p50), p99: of((round) => round.ours.p99) },
      echo: { p50: of(({ echo }) => echo.p50), p99: of(({ echo }) => echo.p99) },
      ...(!without && { naive: { p50: of(({ naive }) => naive!.p50), p99: of(({ naive }) => naive!.p99) } }),
    },
    machine: machine(),
  };
};

const print = (result: ReturnType<typeof summarize>): void => {
  printOutcome(result, false);
  const { acknowledgedPerSecond, projectedPerSecond, refused, latencyMs, rounds } = result;
  console.log(`\nacknowledged ${acknowledgedPerSecond}/s, projected ${projectedPerSecond}/s`);
  for (const [who, { p50, p99 }] of Object.entries(latencyMs)) {
    console.log(`claim to answer, ${who}: p50 ${p50} ms, p99 ${p99} ms`);
  }
  console.log(`refused ${refused}; medians of ${rounds} rounds, in turns`);
};

/**
 * `npm run bench -- gifts`: claims acknowledged and projected, in turns with a bare echo and with a
 * transaction of PostgreSQL per gift, all with the same clients and claims.
 */
export const benchGifts = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: String(closedLoop.runMs / 1_000) },
    },
  });
  const runMs = Number(values.seconds) * 1_000;
  const crowd = gatherCrowd();
  const dir = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  await seedLog(eventStore, crowd.lives, crowd.viewers);
  const naive = await findNaive(crowd);
  const system = await startSystem({ dir, eventStore, env: { LOG_LEVEL: 'warn' } });
  try {
    const rounds = await takeTurns<keyof Round, unknown>(Number(values.rounds), 0, {
      echo: () => loadEcho(crowd, runMs),
      ours: () => loadCarat(system, crowd, runMs),
      naive: async () => ('load' in naive ? naive.load(runMs) : undefined),
    });
    const result = summarize(rounds as Round[], 'load' in naive ? undefined : naive);
    if (values.json) console.log(JSON.stringify(result));
    else print(result);
  } finally {
    await system.stop();
    if ('load' in naive) await naive.close();
    await rm(dir, { recursive: true, force: true });
  }
};
