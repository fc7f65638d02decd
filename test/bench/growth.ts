import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { v7 } from 'uuid';
import { judge, type Outcome, printOutcome } from './budgets.ts';
import {
  bothPerSecond,
  type Crowd,
  closedLoop,
  gatherCrowd,
  loadCarat,
  medianCpu,
  serviceToken,
} from './closed-loop.ts';
import { openSockets } from './load.ts';
import { type PastSystem, startOnPast } from './past-kept.ts';
import { machine, median, shown, takeTurns } from './rounds.ts';

const fewGifts = 10_000;
const budget = { cost: 1.1, throughput: 0.9, startSeconds: 3 };

/** All processes but the one that loads them. */
const costOf = (cpu: ReadonlyMap<string, number>): number =>
  [...cpu].reduce((sum, [name, seconds]) => (name === 'load' ? sum : sum + seconds), 0);

/**
 * Ends all services, starts them at once, and sends a gift as soon as that can be.
 * @returns seconds until its receipt
 */
const timeStart = async ({ system }: PastSystem, { plans }: Crowd): Promise<number> => {
  const token = await serviceToken(system);
  await Promise.all(system.processes.map((each) => each.stop()));
  const began = performance.now();
  const starting = new Map(system.processes.map((each) => [each.name, each.start()]));
  await starting.get('gateway');
  const [socket] = await openSockets(system.gatewayUrls[0]!, token, 1);
  const receipt: object = await socket!.emitWithAck('gift:send', { ...plans[0]![0]!, combo: v7() });
  const seconds = (performance.now() - began) / 1_000;
  if ('refused' in receipt) throw new Error(`The first gift was refused: ${JSON.stringify(receipt)}`);
  socket!.disconnect();
  await Promise.all(starting.values());
  return seconds;
};

type Measured = { readonly few: PastSystem; readonly many: PastSystem; readonly crowd: Crowd };

const measureCost = async ({ few, many, crowd }: Measured, rounds: number, runMs: number, name: string) => {
  const kept = await takeTurns(rounds, 1, {
    few: () => loadCarat(few.measurable, crowd, runMs),
    many: () => loadCarat(many.measurable, crowd, runMs),
  });
  const of = (read: (round: (typeof kept)[number]) => number): number => median(kept.map(read));
  const what = `${shown(fewGifts)} gifts in the log`;
  const rows = [
    judge({
      ...{ row: `CPU of a gift, ${name} in the log`, unit: 'µs', budget: { ratioMost: budget.cost } },
      ours: of((round) => 1_000 * costOf(round.many.cpu)),
      reference: { value: of((round) => 1_000 * costOf(round.few.cpu)), what },
      ratio: of((round) => costOf(round.many.cpu) / costOf(round.few.cpu)),
    }),
    judge({
      ...{ row: `claims acknowledged and projected, ${name} in the log`, unit: 'per s' },
      budget: { ratio: budget.throughput },
      ours: of((round) => bothPerSecond(round.many)),
      reference: { value: of((round) => bothPerSecond(round.few)), what },
      ratio: of((round) => bothPerSecond(round.many) / bothPerSecond(round.few)),
    }),
  ];
  const cpu = {
    [`${name} in the log`]: medianCpu(kept.map((round) => round.many)),
    [what]: medianCpu(kept.map((round) => round.few)),
  };
  return { rows, cpu };
};

const measureStart = async ({ few, many, crowd }: Measured, rounds: number, name: string) => {
  const kept = await takeTurns(rounds, 1, {
    few: () => timeStart(few, crowd),
    many: () => timeStart(many, crowd),
  });
  return judge({
    ...{ row: `start of all services to the first receipt, ${name} in the log`, unit: 's' },
    ours: median(kept.map(({ many }) => many)),
    reference: {
      value: median(kept.map(({ few }) => few)),
      what: `${shown(fewGifts)} gifts in the log`,
    },
    budget: { most: budget.startSeconds },
  });
};

/**
 * `npm run bench -- growth`: what a gift costs, and how soon the first is taken after a start, with ten
 * million gifts of the past in the log, in turns with ten thousand. The large log is written once, and kept.
 */
export const benchGrowth = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      gifts: { type: 'string', default: '10000000' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: String(closedLoop.runMs / 1_000) },
    },
  });
  const [gifts, rounds, runMs] = [
    Number(values.gifts),
    Number(values.rounds),
    Number(values.seconds) * 1_000,
  ];
  const name = `${shown(gifts)} gifts`;
  const crowd = gatherCrowd();
  const dir = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const started: PastSystem[] = [];
  try {
    for (const howMany of [fewGifts, gifts]) started.push(await startOnPast(dir, howMany, crowd.lives));
    const measured = { few: started[0]!, many: started[1]!, crowd };
    const { rows, cpu } = await measureCost(measured, rounds, runMs, name);
    const start = await measureStart(measured, rounds, name);
    const outcome: Outcome = { bench: 'growth', budgets: [...rows, start], cpu };
    const { filledSeconds, logBytes } = measured.many;
    const result = { ...outcome, filledSeconds, logBytes, machine: machine() };
    printOutcome(result, values.json);
    if (values.json) return;
    console.log(`\na log of ${name} has ${Math.round(logBytes / 2 ** 20)} MiB;`);
    console.log(`an empty Redis had all its numbers after ${filledSeconds.toFixed(1)} s`);
  } finally {
    for (const each of started) await each.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
