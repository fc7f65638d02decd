import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type System, startSystem } from '@carat/local';
import { judge, type Outcome, printOutcome } from './budgets.ts';
import { closedLoop, gatherCrowd, loadCarat, medianCpu } from './closed-loop.ts';
import { seedLog } from './crowd.ts';
import { machine, median, takeTurns } from './rounds.ts';

/** Of the budgets: two accept at least what one accepts. */
const leastRatio = 1;

/**
 * `npm run bench -- two-gateways`: claims acknowledged through two gateways on the same log, in turns with
 * a system of one, all on this machine. Each of the two has half of the sockets, and so of the viewers.
 */
export const benchTwoGateways = async (args: readonly string[]): Promise<void> => {
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
  const folder = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const systems: System[] = [];
  try {
    for (const gateways of [1, 2]) {
      const dir = join(folder, `${gateways}`);
      const eventStore = `sqlite:${join(dir, 'carat.db')}`;
      await seedLog(eventStore, crowd.lives, crowd.viewers);
      systems.push(await startSystem({ dir, eventStore, gateways, env: { LOG_LEVEL: 'warn' } }));
    }
    const [single, double] = systems as [System, System];
    const rounds = await takeTurns(Number(values.rounds), 1, {
      one: () => loadCarat(single, crowd, runMs),
      two: () => loadCarat(double, crowd, runMs),
    });
    const of = (read: (round: (typeof rounds)[number]) => number): number => median(rounds.map(read));
    const found = judge({
      ...{
        row: 'claims acknowledged, two gateways on one log',
        unit: 'per s',
        budget: { ratio: leastRatio },
      },
      ours: of(({ two }) => two.perSecond),
      reference: { value: of(({ one }) => one.perSecond), what: 'one gateway' },
      ratio: of(({ one, two }) => two.perSecond / one.perSecond),
    });
    const cpu = {
      'two gateways': medianCpu(rounds.map(({ two }) => two)),
      'one gateway': medianCpu(rounds.map(({ one }) => one)),
    };
    const outcome: Outcome = { bench: 'two-gateways', budgets: [found], cpu };
    const refused = rounds.reduce((sum, { one, two }) => sum + one.refused + two.refused, 0);
    const result = { ...outcome, refused, machine: machine() };
    printOutcome(result, values.json);
  } finally {
    for (const system of systems) await system.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
