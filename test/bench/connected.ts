import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type System, startSystem } from '@carat/local';
import { judge, type Outcome, printOutcome } from './budgets.ts';
import type { Answered, ConnectedClients } from './connected-clients.ts';
import { cpuOf, cpuPerThousand, cpuTimes } from './cpu.ts';
import { seedLog } from './crowd.ts';
import { type Program, startProgram } from './fanout-programs.ts';
import { type Memory, memoryEnv, memoryOf } from './memory.ts';
import { expectOpenFiles } from './open-files.ts';
import { quantile } from './quantiles.ts';
import { machine, shown } from './rounds.ts';

const programs = 2;
const lives = 50;
const warmUpMs = 3_000;
const KiB = 1_024;

type Setting = {
  readonly sockets: number;
  readonly perSecond: number;
  readonly runMs: number;
  /** Whether every viewer watches the live that it sends to. */
  readonly watching: boolean;
};

type Figures = {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  readonly refused: number;
  /** Of the gateway, by socket, in bytes. */
  readonly memory: Memory;
  readonly cpu: ReadonlyMap<string, number>;
};

/** All latencies of several programs in order, and what was refused. */
const gatherAnswers = (answered: readonly Answered[]) => ({
  sorted: Float64Array.from(answered.flatMap(({ latencies }) => [...latencies])).sort(),
  refused: answered.reduce((sum, { refused }) => sum + refused, 0),
});

const loadSockets = async (
  dir: string,
  system: System,
  clients: readonly Program<ConnectedClients>[],
  { sockets, perSecond, runMs, watching }: Setting,
): Promise<Figures> => {
  const gateway = system.process('gateway');
  await gateway.restart();
  const [url, secret] = [system.gatewayUrls[0]!, system.secret];
  const each = sockets / clients.length;
  const where = { url, secret, watching: watching ? lives : undefined };
  const before = await memoryOf(dir, gateway.pid!);
  await Promise.all(
    clients.map((client, n) =>
      client.ask('open', { ...where, from: Math.round(n * each), to: Math.round((n + 1) * each) }),
    ),
  );
  const after = await memoryOf(dir, gateway.pid!);
  const takeAll = async () => gatherAnswers(await Promise.all(clients.map((client) => client.ask('take'))));
  const cpu = (): Map<string, number> => {
    const load = clients.reduce((sum, { pid }) => sum + cpuOf(pid), 0);
    return new Map([...cpuTimes(system), ['load', load]]);
  };
  await Promise.all(clients.map((client) => client.ask('send', { perSecond: perSecond / programs, lives })));
  await pause(warmUpMs);
  await takeAll();
  const [cpuBefore, began] = [cpu(), performance.now()];
  await pause(runMs);
  const { sorted, refused } = await takeAll();
  const seconds = (performance.now() - began) / 1_000;
  const used = cpuPerThousand(cpuBefore, cpu(), sorted.length);
  await Promise.all(clients.map((client) => client.ask('close')));
  return {
    ...{
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      perSecond: sorted.length / seconds,
      refused,
      cpu: used,
    },
    memory: {
      resident: (after.resident - before.resident) / sockets,
      heap: (after.heap - before.heap) / sockets,
    },
  };
};

const rowsOf = ({ sockets, perSecond, watching }: Setting, figures: Figures): Outcome['budgets'] => {
  const count = shown(sockets);
  const row = `${count} sockets${watching ? ' that watch' : ''}, ${shown(perSecond)} gifts/s: `;
  const { p50, p99, memory } = figures;
  return [
    judge({ row: `${row}claim to receipt, p50`, unit: 'ms', ours: p50 }),
    judge({ row: `${row}claim to receipt, p99`, unit: 'ms', ours: p99 }),
    judge({ row: `${row}receipts`, unit: 'per s', ours: figures.perSecond }),
    judge({ row: `${row}resident memory of a socket`, unit: 'KiB', ours: memory.resident / KiB }),
    judge({ row: `${row}heap of a socket`, unit: 'KiB', ours: memory.heap / KiB }),
  ];
};

/**
 * `npm run bench -- connected`: ten thousand viewers, each on a socket of its own, who send 5,000 gifts every
 * second among them; first without, then with watching the lives that they send to.
 */
export const benchConnected = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      sockets: { type: 'string', default: '10000' },
      gifts: { type: 'string', default: '5000' },
      seconds: { type: 'string', default: '20' },
    },
  });
  const sockets = Number(values.sockets);
  const setting = { sockets, perSecond: Number(values.gifts), runMs: Number(values.seconds) * 1_000 };
  expectOpenFiles(sockets);
  const dir = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  const viewers = Array.from({ length: sockets }, (_, n) => `viewer-${n}`);
  await seedLog(
    eventStore,
    Array.from({ length: lives }, (_, n) => `live-${n}`),
    viewers,
  );
  const env = { LOG_LEVEL: 'warn', CARAT_SOCKETS_PER_ADDRESS: '100000', ...memoryEnv(dir) };
  const system = await startSystem({ dir, eventStore, env });
  const clients: Program<ConnectedClients>[] = [];
  try {
    for (let n = 0; n < programs; n++) clients.push(await startProgram('connected-clients.ts'));
    const budgets: Outcome['budgets'][number][] = [];
    const cpu: Record<string, Record<string, number>> = {};
    let refused = 0;
    for (const watching of [false, true]) {
      const figures = await loadSockets(dir, system, clients, { ...setting, watching });
      budgets.push(...rowsOf({ ...setting, watching }, figures));
      cpu[`${shown(sockets)} sockets${watching ? ' that watch' : ''}`] = Object.fromEntries(figures.cpu);
      refused += figures.refused;
    }
    const result = { bench: 'connected', budgets, cpu, refused, machine: machine() };
    printOutcome(result, values.json);
    if (!values.json) console.log(`\nrefused ${refused}`);
  } finally {
    for (const client of clients) await client.end();
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
