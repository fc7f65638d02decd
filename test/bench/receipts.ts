import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSystem } from '@carat/local';
import { judge, type Outcome, printOutcome } from './budgets.ts';
import { type Crowd, gatherCrowd, type Loaded, medianCpu, serviceToken, startEcho } from './closed-loop.ts';
import { cpuOf, cpuPerThousand, cpuTimes, ownCpu } from './cpu.ts';
import { seedLog } from './crowd.ts';
import { openSockets, startOpenLoop } from './load.ts';
import { machine, median, shown, takeTurns } from './rounds.ts';

const perSecond = 5_000;
const warmUpMs = 2_000;
const budget = { p99Ms: 10, ofEcho: 2.5, answeredPerSecond: 0.99 * perSecond };

/** Claims at a steady pace, whatever is answered when. */
export const loadSteadily = async (
  url: string,
  token: string | undefined,
  { plans }: Crowd,
  runMs: number,
  cpu: () => Map<string, number>,
): Promise<Loaded> => {
  const sockets = await openSockets(url, token, plans.length);
  const load = startOpenLoop(sockets, plans, perSecond);
  await pause(warmUpMs);
  load.take();
  const [before, began] = [cpu(), performance.now()];
  await pause(runMs);
  const { answered, refused, p50, p99 } = load.take();
  const seconds = (performance.now() - began) / 1_000;
  const used = cpuPerThousand(before, cpu(), answered);
  load.stop();
  for (const socket of sockets) socket.disconnect();
  return { acknowledged: answered, perSecond: answered / seconds, refused, p50, p99, cpu: used };
};

const loadEcho = async (crowd: Crowd, runMs: number): Promise<Loaded> => {
  const echo = await startEcho();
  const cpu = () => new Map(Object.entries({ load: ownCpu(), echo: cpuOf(echo.pid) }));
  try {
    return await loadSteadily(echo.url, undefined, crowd, runMs, cpu);
  } finally {
    await echo.stop();
  }
};

/**
 * `npm run bench -- receipts`: from a claim to its receipt while 5,000 claims come every second, in turns
 * with a bare echo that the same are sent to.
 */
export const benchReceipts = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '10' },
    },
  });
  const runMs = Number(values.seconds) * 1_000;
  const crowd = gatherCrowd();
  const dir = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  await seedLog(eventStore, crowd.lives, crowd.viewers);
  const system = await startSystem({ dir, eventStore, env: { LOG_LEVEL: 'warn' } });
  try {
    const token = await serviceToken(system);
    const rounds = await takeTurns(Number(values.rounds), 1, {
      echo: () => loadEcho(crowd, runMs),
      ours: () => loadSteadily(system.gatewayUrls[0]!, token, crowd, runMs, () => cpuTimes(system)),
    });
    const of = (read: (round: (typeof rounds)[number]) => number): number => median(rounds.map(read));
    const p99 = {
      ...{ ours: of(({ ours }) => ours.p99), unit: 'ms' as const },
      reference: { value: of(({ echo }) => echo.p99), what: 'bare Socket.IO echo' },
      ratio: of(({ ours, echo }) => ours.p99 / echo.p99),
    };
    const row = `claim to receipt at ${shown(perSecond)}/s, p99`;
    const answered = of(({ ours }) => ours.perSecond);
    const outcome: Outcome = {
      bench: 'receipts',
      budgets: [
        judge({ ...p99, row, budget: { most: budget.p99Ms } }),
        judge({ ...p99, row: `${row}, beside the echo`, budget: { ratioMost: budget.ofEcho } }),
        judge({
          ...{ row: 'claims answered meanwhile', unit: 'per s', ours: answered },
          budget: { least: budget.answeredPerSecond },
        }),
      ],
      cpu: {
        'Carat, open loop': medianCpu(rounds.map(({ ours }) => ours)),
        'echo, open loop': medianCpu(rounds.map(({ echo }) => echo)),
      },
    };
    const p50 = { ours: of(({ ours }) => ours.p50), echo: of(({ echo }) => echo.p50) };
    const refused = rounds.reduce((sum, { ours }) => sum + ours.refused, 0);
    if (values.json) return console.log(JSON.stringify({ ...outcome, p50, refused, machine: machine() }));
    printOutcome(outcome, false);
    console.log(`\np50 ${p50.ours.toFixed(2)} ms, of the echo ${p50.echo.toFixed(2)} ms; refused ${refused}`);
  } finally {
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
