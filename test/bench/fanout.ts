import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSystem } from '@carat/local';
import { judge, type Outcome } from './budgets.ts';
import { seedLog } from './crowd.ts';
import { planRoom } from './fanout-gifts.ts';
import { type RoomFigures, roomOf, type Seen } from './fanout-room.ts';
import { openStock } from './fanout-stock-room.ts';
import { machine, median, shown } from './rounds.ts';

const giftsPerSecond = 1_000;
const fastPerSecond = 5_000;
const fastWatchers = 10;
const manyWatchers = 1_000;
const plannedClaims = 50_000;
const budget = { ratio: 10, creatorMs: 250 };

type Round = { readonly ours: RoomFigures; readonly stock: RoomFigures };

/** Ours and stock in turns; a first round that is dropped. */
const measureRoom = async (
  rounds: number,
  ours: () => Promise<RoomFigures>,
  stock: () => Promise<RoomFigures>,
): Promise<Round[]> => {
  const all: Round[] = [];
  for (let round = -1; round < rounds; round++) {
    const measured = { ours: await ours(), stock: await stock() };
    if (round >= 0) all.push(measured);
  }
  return all;
};

const of = (rounds: readonly Round[], read: (round: Round) => number, digits = 3): number =>
  Number(median(rounds.map(read)).toPrecision(digits));

const summarize = (watchers: number, stockPerSecond: number, rounds: readonly Round[]) => ({
  watchers,
  /** CPU of the server per gift, in µs: ours of both gateways, and of the one with the watchers. */
  oursMicros: of(rounds, ({ ours }) => ours.cpuMicros),
  watchedMicros: of(rounds, ({ ours }) => ours.watchedMicros),
  stockMicros: of(rounds, ({ stock }) => stock.cpuMicros),
  ratio: of(rounds, ({ ours, stock }) => stock.cpuMicros / ours.cpuMicros),
  oursBytes: of(rounds, ({ ours }) => ours.bytes),
  stockBytes: of(rounds, ({ stock }) => stock.bytes),
  stockPerSecond,
  oursGifts: of(rounds, ({ ours }) => ours.perSecond, 4),
  creatorP50: of(rounds, ({ ours }) => ours.seen.p50),
  creatorP99: of(rounds, ({ ours }) => ours.seen.p99),
  watchersP99: of(rounds, ({ ours }) => ours.watchersP99),
  clientsCpu: of(rounds, ({ ours, stock }) => Math.max(ours.clientsCpu, stock.clientsCpu)),
  refused: rounds.reduce((sum, { ours }) => sum + ours.refused, 0),
});

type Summary = ReturnType<typeof summarize>;

const shownTo = (watchers: number, perSecond: number, p99: number) =>
  judge({
    row: `claim to the creator's screen at ${shown(perSecond)}/s, ${watchers} watchers, p99`,
    ...{ ours: p99, unit: 'ms', budget: { most: budget.creatorMs } },
  });

const budgetsOf = (summaries: readonly Summary[], fast: Seen): Outcome => ({
  bench: 'fanout',
  budgets: [
    shownTo(fastWatchers, fastPerSecond, fast.p99),
    ...summaries.map(({ watchers, creatorP99 }) => shownTo(watchers, giftsPerSecond, creatorP99)),
    ...summaries.map(({ watchers, oursMicros, stockMicros, ratio }) =>
      judge({
        ...{ row: `server CPU of a gift shown to ${watchers} watchers`, ours: oursMicros, unit: 'µs' },
        reference: { value: stockMicros, what: 'stock Socket.IO broadcast per gift' },
        ratio: 1 / ratio,
        ...(watchers >= manyWatchers && { budget: { ratioMost: 1 / budget.ratio } }),
      }),
    ),
  ],
});

const print = (summaries: readonly Summary[], fast: Seen): void => {
  for (const each of summaries) {
    const verdict =
      each.watchers < manyWatchers || each.ratio >= budget.ratio ? '' : `, short of ${budget.ratio}`;
    console.log(`${each.watchers} watchers: ours ${each.oursGifts}/s, stock ${each.stockPerSecond}/s`);
    console.log(
      `  server CPU per gift   ours ${each.oursMicros} µs (with watchers ${each.watchedMicros} µs), ` +
        `stock ${each.stockMicros} µs: ${each.ratio} × less${verdict}`,
    );
    console.log(`  bytes per gift, watcher   ours ${each.oursBytes}, stock ${each.stockBytes}`);
    console.log(
      `  claim to creator      p50 ${each.creatorP50} ms, p99 ${each.creatorP99} ms; ` +
        `watchers p99 ${each.watchersP99} ms; clients' CPU ${Math.round(100 * each.clientsCpu)} %`,
    );
  }
  console.log(`claim to creator at ${fastPerSecond}/s   p50 ${fast.p50} ms, p99 ${fast.p99} ms`);
  console.log(`budgets: ${budget.ratio} × less CPU at 1,000 watchers; creator p99 ${budget.creatorMs} ms`);
};

/**
 * `npm run bench -- fanout`: what it costs the server to show gifts to rooms of watchers, beside a stock
 * Socket.IO server that sends each gift to its room, at a rate that it sustains.
 */
export const benchFanout = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '6' },
      watchers: { type: 'string', default: '10,100,1000' },
    },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const sizes = values.watchers.split(',').map(Number);
  const plan = planRoom(plannedClaims);
  const lives = Array.from({ length: sizes.length * (rounds + 1) + 1 }, (_, n) => `live-${n}`);
  const dir = await mkdtemp(join(tmpdir(), 'carat-fanout-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  await seedLog(eventStore, lives, [...new Set(plan.map(({ viewer }) => viewer))]);
  const env = { LOG_LEVEL: 'warn', CARAT_SOCKETS_PER_ADDRESS: '100000' };
  const system = await startSystem({ dir, eventStore, gateways: 2, env });
  const stock = await openStock();
  try {
    let live = 0;
    const ours = (watchers: number, perSecond = giftsPerSecond): Promise<RoomFigures> =>
      roomOf(system, { live: lives[live++]!, watchers, perSecond, seconds, plan });
    const summaries: Summary[] = [];
    for (const watchers of sizes) {
      const perSecond = await stock.findRate(watchers, giftsPerSecond, plan);
      const measured = await measureRoom(
        rounds,
        () => ours(watchers),
        () => stock.measure({ watchers, perSecond, seconds, plan }),
      );
      summaries.push(summarize(watchers, perSecond, measured));
    }
    // A pause: what was kept of large rooms is gone, and the projector is at the head.
    await pause(1_000);
    const { seen } = await ours(fastWatchers, fastPerSecond);
    if (!values.json) return print(summaries, seen);
    const outcome = budgetsOf(summaries, seen);
    console.log(JSON.stringify({ ...outcome, summaries, fast: seen, budget, machine: machine() }));
  } finally {
    await stock.close();
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
