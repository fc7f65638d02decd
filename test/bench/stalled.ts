import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSystem } from '@carat/local';
import { limits } from '../../services/gateway/src/limits.ts';
import { judge } from './budgets.ts';
import { seedLog } from './crowd.ts';
import { planRoom } from './fanout-gifts.ts';
import { machine } from './rounds.ts';
import { runStalled, type StalledFigures } from './stalled-run.ts';

const MiB = 1_024 * 1_024;
const plannedClaims = 130_000;
const watchers = 200;
/** Each time beside a run in which everybody reads. */
const counts = [0, 50, 0, 10] as const;
const shownLooks = 8;
const budget = { ratio: 1.5 };

const mebibytes = (bytes: number): number => Math.round(bytes / MiB);

const summarize = (figures: StalledFigures, calm: StalledFigures) => ({
  stalled: figures.stalled,
  p50: figures.others.p50,
  p99: figures.others.p99,
  calmP99: calm.others.p99,
  ratio: Number((figures.others.p99 / calm.others.p99).toFixed(2)),
  ended: figures.ended,
  mostUnsentMiB: mebibytes(Math.max(...figures.memory.map(({ unsent }) => unsent))),
  boundMiB: mebibytes(figures.stalled * limits.maxUnsentBytesPerClient),
  residentMiB: figures.memory.map(({ resident }) => mebibytes(resident)),
  heapMiB: figures.memory.map(({ heap }) => mebibytes(heap)),
  calmResidentMiB: mebibytes(Math.max(...calm.memory.map(({ resident }) => resident))),
  calmHeapMiB: mebibytes(Math.max(...calm.memory.map(({ heap }) => heap))),
  giftsPerSecond: Math.round(figures.perSecond),
});

type Summary = ReturnType<typeof summarize>;

/** A few of many looks, evenly spread. */
const some = (looks: readonly number[]): string =>
  looks.filter((_, n) => n % Math.ceil(looks.length / shownLooks) === 0).join(' ');

const budgetsOf = (summaries: readonly Summary[]) =>
  summaries.map(({ stalled, p99, calmP99, ratio }) =>
    judge({
      ...{ row: `${stalled} of ${watchers} stop reading: gift to the others, p99`, ours: p99, unit: 'ms' },
      reference: { value: calmP99, what: 'while all read' },
      ...{ ratio, budget: { ratioMost: budget.ratio } },
    }),
  );

const print = (summaries: readonly Summary[]): void => {
  for (const each of summaries) {
    const verdict = each.ratio <= budget.ratio ? '' : ': short';
    console.log(`${each.stalled} of ${watchers} stop reading, ${each.giftsPerSecond} gifts/s`);
    console.log(
      `  others, gift to seen  p99 ${each.p99} ms, without stalled ones ${each.calmP99} ms: ` +
        `${each.ratio} (budget ${budget.ratio}${verdict})`,
    );
    console.log(`  waits for clients     at most ${each.mostUnsentMiB} MiB (bound ${each.boundMiB} MiB)`);
    console.log(`  ended as too slow     ${each.ended}`);
    console.log(`  resident, MiB         ${some(each.residentMiB)} (without ≤ ${each.calmResidentMiB})`);
    console.log(`  heap, MiB             ${some(each.heapMiB)} (without ≤ ${each.calmHeapMiB})`);
  }
};

/**
 * `npm run bench -- stalled`: watchers that stop reading, what they cost the gateway, and whether the others
 * notice.
 */
export const benchStalled = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '60' },
      gifts: { type: 'string', default: '2000' },
    },
  });
  const plan = planRoom(plannedClaims);
  const lives = counts.map((_, n) => `live-${n}`);
  const dir = await mkdtemp(join(tmpdir(), 'carat-stalled-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  await seedLog(eventStore, lives, [...new Set(plan.map(({ viewer }) => viewer))]);
  const env = { LOG_LEVEL: 'warn', CARAT_SOCKETS_PER_ADDRESS: '100000' };
  const system = await startSystem({ dir, eventStore, gateways: 2, env });
  try {
    const [seconds, perSecond] = [Number(values.seconds), Number(values.gifts)];
    const others = watchers - Math.max(...counts);
    const runs: StalledFigures[] = [];
    for (const [n, stalled] of counts.entries()) {
      const live = lives[n]!;
      runs.push(await runStalled(system, { live, watchers, others, stalled, perSecond, seconds, plan }));
    }
    const summaries = runs.flatMap((run, n) => (run.stalled > 0 ? [summarize(run, runs[n - 1]!)] : []));
    if (!values.json) return print(summaries);
    const budgets = budgetsOf(summaries);
    console.log(JSON.stringify({ bench: 'stalled', budgets, summaries, budget, machine: machine() }));
  } finally {
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
