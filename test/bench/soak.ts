import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { comboTimes } from '@carat/domain';
import { type System, startSystem } from '@carat/local';
import { judge, type Outcome, printOutcome } from './budgets.ts';
import { type Crowd, gatherCrowd, serviceToken } from './closed-loop.ts';
import { cpuPerThousand, cpuTimes, residentOf } from './cpu.ts';
import { seedLog } from './crowd.ts';
import { openSockets, startOpenLoop } from './load.ts';
import { machine, median, shown } from './rounds.ts';
import { type Sample, trendOf } from './trend.ts';

const perSecond = 5_000;
/** Flat is what has grown by no more than this at the end. */
const mostGrowth = 0.05;
/** A minute more than combos are remembered. */
const fillSeconds = comboTimes.rememberedMs / 1_000 + 60;
const lookEveryMs = 5_000;
/** Looks at the least, however short the run. */
const leastLooks = 10;
const MiB = 2 ** 20;

type Looks = {
  readonly memory: ReadonlyMap<string, readonly Sample[]>;
  readonly p99: readonly number[];
  readonly perSecond: number;
  readonly refused: number;
  readonly cpu: ReadonlyMap<string, number>;
};

/** How long gifts come before it is looked, and how long after. */
type Span = { readonly fillMs: number; readonly minutes: number };

/**
 * Sends gifts at a steady pace, and looks at the memory of every process now and then, once everything that
 * remembers gifts remembers as much as it will.
 */
const watchMemory = async (system: System, { plans }: Crowd, { fillMs, minutes }: Span): Promise<Looks> => {
  const token = await serviceToken(system);
  const sockets = await openSockets(system.gatewayUrls[0]!, token, plans.length);
  const memory = new Map<string, Sample[]>(system.processes.map(({ name }) => [name, []]));
  const p99: number[] = [];
  const everyMs = Math.min(lookEveryMs, (minutes * 60_000) / leastLooks);
  const load = startOpenLoop(sockets, plans, perSecond);
  for (const filled = performance.now() + fillMs; performance.now() < filled; load.take())
    await pause(everyMs);
  let [answered, refused] = [0, 0];
  const [before, began] = [cpuTimes(system), performance.now()];
  for (let elapsed = 0; elapsed < minutes * 60_000; elapsed = performance.now() - began) {
    await pause(everyMs);
    const minute = (performance.now() - began) / 60_000;
    for (const { name, pid } of system.processes) {
      memory.get(name)!.push({ minute, value: residentOf(pid!) / MiB });
    }
    const taken = load.take();
    answered += taken.answered;
    refused = taken.refused;
    p99.push(taken.p99);
  }
  const seconds = (performance.now() - began) / 1_000;
  const cpu = cpuPerThousand(before, cpuTimes(system), answered);
  load.stop();
  for (const socket of sockets) socket.disconnect();
  return { memory, p99, perSecond: answered / seconds, refused, cpu };
};

const rowsOf = ({ memory, p99, perSecond: reached }: Looks, minutes: number): Outcome['budgets'] => [
  ...[...memory].map(([name, samples]) =>
    judge({
      row: `soak, ${minutes} min at ${shown(perSecond)}/s: memory of ${name} has grown by`,
      ...{ ours: 100 * trendOf(samples).growth, unit: '%', budget: { most: 100 * mostGrowth } },
    }),
  ),
  judge({ row: 'soak: claim to receipt, p99 of the middle look', ours: median(p99), unit: 'ms' }),
  judge({ row: 'soak: claims answered', ours: reached, unit: 'per s', budget: { least: 0.99 * perSecond } }),
];

/**
 * `npm run bench -- soak`: whether the memory of every process stays as it is while 5,000 gifts come every
 * second. They have come for longer then than any is remembered.
 */
export const benchSoak = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '10' },
      'fill-seconds': { type: 'string', default: String(fillSeconds) },
    },
  });
  const minutes = Number(values.minutes);
  const crowd = gatherCrowd();
  const dir = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  await seedLog(eventStore, crowd.lives, crowd.viewers);
  const system = await startSystem({ dir, eventStore, env: { LOG_LEVEL: 'warn' } });
  try {
    const fillMs = Number(values['fill-seconds']) * 1_000;
    const looks = await watchMemory(system, crowd, { fillMs, minutes });
    const cpu = { soak: Object.fromEntries(looks.cpu) };
    const outcome: Outcome = { bench: 'soak', budgets: rowsOf(looks, minutes), cpu };
    const { p99, refused } = looks;
    const memory = Object.fromEntries(looks.memory);
    if (values.json)
      return console.log(JSON.stringify({ ...outcome, memory, p99, refused, machine: machine() }));
    printOutcome(outcome, false);
    for (const [name, samples] of looks.memory) {
      const shown = samples.filter((_, n) => n % Math.ceil(samples.length / leastLooks) === 0);
      const { perMinute } = trendOf(samples);
      const each = shown.map(({ value }) => Math.round(value)).join(' ');
      console.log(`${name.padEnd(10)} ${perMinute.toFixed(2)} MiB a minute; MiB: ${each}`);
    }
    console.log(`refused ${refused}`);
  } finally {
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
