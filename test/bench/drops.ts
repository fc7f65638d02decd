import { parseArgs } from 'node:util';
import { judge, type Outcome } from './budgets.ts';
import { type DropsProfile, runDrops } from './drops-run.ts';
import { runStockDrops } from './drops-stock.ts';
import { quantile } from './quantiles.ts';
import { machine } from './rounds.ts';

const budget = { catchUpMs: 1_000 };

const figuresOf = (sorted: readonly number[]) => ({
  count: sorted.length,
  p50: quantile(sorted, 0.5),
  p99: quantile(sorted, 0.99),
  max: sorted.at(-1) ?? 0,
});

type Figures = ReturnType<typeof figuresOf>;
const shown = ({ count, p50, p99, max }: Figures): string =>
  `${count}: p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`;

const budgetsOf = (wrong: number, catchUp: Figures, stock: { lost: number; doubled: number }): Outcome => ({
  bench: 'drops',
  budgets: [
    judge({
      ...{ row: 'connections that drop: bookings missed, doubled or off', ours: wrong, unit: '' },
      reference: { value: stock.lost + stock.doubled, what: 'stock Socket.IO with state recovery' },
      budget: { most: 0 },
    }),
    judge({
      ...{ row: 'connections that drop: level again, p99', ours: catchUp.p99, unit: 'ms' },
      budget: { most: budget.catchUpMs },
    }),
  ],
});

/**
 * `npm run bench -- drops`: watching clients that are cut off again and again, and a gateway that is killed
 * under them; beside it the same with stock Socket.IO and its connection state recovery.
 */
export const benchDrops = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      watchers: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '120' },
      gifts: { type: 'string', default: '200' },
      'stock-watchers': { type: 'string' },
    },
  });
  const profile: DropsProfile = {
    watchers: Number(values.watchers),
    programs: 2,
    seconds: Number(values.seconds),
    giftsPerSecond: Number(values.gifts),
    cuts: { everyMs: 15_000, forMs: 2_000 },
    stalled: 0,
  };
  const { catchUpsMs, killCatchUpsMs, agesMs, ...ours } = await runDrops(profile);
  const catchUp = figuresOf(catchUpsMs);
  const killCatchUp = figuresOf(killCatchUpsMs);
  const seen = figuresOf(agesMs);
  const stockWatchers = Number(values['stock-watchers'] ?? values.watchers);
  const stock = await runStockDrops({ ...profile, watchers: stockWatchers });
  const wrong = ours.missed + ours.doubled + ours.unknown + ours.gaps + ours.offTotals;
  if (values.json) {
    const result = {
      ...budgetsOf(wrong, catchUp, stock),
      profile,
      ours: { ...ours, catchUp, killCatchUp, seen },
      stock,
      budget,
      machine: machine(),
    };
    return console.log(JSON.stringify(result));
  }
  const isExact = wrong === 0;
  const isQuick = catchUp.p99 <= budget.catchUpMs;
  console.log(`${ours.clients} clients, ${ours.cuts} cuts, ${ours.gifts} gifts (${ours.refused} refused)`);
  console.log(`missed ${ours.missed}, doubled ${ours.doubled}, not in the log ${ours.unknown}`);
  console.log(
    `gaps ${ours.gaps}, clients off the totals ${ours.offTotals}${isExact ? '' : ': short, all must be 0'}`,
  );
  const verdict = isQuick ? '' : ': short';
  console.log(`catch-ups: ${shown(catchUp)} (budget p99 ${budget.catchUpMs} ms${verdict})`);
  console.log(`of these right after the kill ${shown(killCatchUp)}`);
  console.log(`gift to seen by clients that are there, ${shown(seen)}`);
  console.log(`level ${ours.settledMs} ms after the last gift; gateways' CPU ${ours.gatewayCpuMs / 1_000} s`);
  console.log('');
  console.log(`stock Socket.IO with connection state recovery, ${stock.clients} clients, ${stock.cuts} cuts`);
  const { lost, lostBefore, doubled } = stock;
  console.log(`gifts ${stock.gifts}; lost ${lost} (${lostBefore} before the kill), doubled ${doubled}`);
  console.log(
    `reconnects recovered ${stock.recovered}, not recovered ${stock.begunAnew}; ` +
      `clients that lost any ${stock.clientsWithLoss}; CPU ${stock.serverCpuMs / 1_000} s`,
  );
};
