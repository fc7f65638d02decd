import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type System, startSystem } from '@carat/local';
import { judge, type Outcome, printOutcome } from './budgets.ts';
import type { ConnectedClients } from './connected-clients.ts';
import { startProgram } from './fanout-programs.ts';
import { type Memory, memoryEnv, memoryOf } from './memory.ts';
import { expectOpenFiles } from './open-files.ts';
import { machine, median, shown, takeTurns } from './rounds.ts';

const ratioMost = 1.3;
/** Opened and closed again first, so that what a server needs once is not counted. */
const firstSockets = 200;
/** Until what opening sockets left behind is gone. */
const settleMs = 1_000;
const KiB = 1_024;

type Server = { readonly url: string; readonly pid: number; readonly secret: string };

/** What a server holds for each of so many sockets that say nothing, in bytes. */
const measureSockets = async (
  dir: string,
  { url, pid, secret }: Server,
  sockets: number,
): Promise<Memory> => {
  const clients = await startProgram<ConnectedClients>('connected-clients.ts');
  try {
    await clients.ask('open', { url, secret, from: 0, to: firstSockets, watching: undefined });
    await clients.ask('close');
    await pause(settleMs);
    const before = await memoryOf(dir, pid);
    await clients.ask('open', { url, secret, from: 0, to: sockets, watching: undefined });
    await pause(settleMs);
    const after = await memoryOf(dir, pid);
    return {
      resident: (after.resident - before.resident) / sockets,
      heap: (after.heap - before.heap) / sockets,
    };
  } finally {
    await clients.end();
  }
};

/** A bare Socket.IO server, whose clients bring the same tokens. */
const measureBare = async (dir: string, secret: string, sockets: number): Promise<Memory> => {
  const env = { ...process.env, ...memoryEnv(dir) };
  const server = fork(join(import.meta.dirname, 'echo-server.ts'), { env });
  const [port] = await once(server, 'message');
  try {
    const url = `http://127.0.0.1:${port}`;
    return await measureSockets(dir, { url, pid: server.pid!, secret }, sockets);
  } finally {
    server.kill();
    await once(server, 'exit');
  }
};

const measureCarat = async (dir: string, system: System, sockets: number): Promise<Memory> => {
  const gateway = system.process('gateway');
  await gateway.restart();
  const server = { url: system.gatewayUrls[0]!, pid: gateway.pid!, secret: system.secret };
  return measureSockets(dir, server, sockets);
};

/**
 * `npm run bench -- idle-sockets`: what a gateway holds for a socket that says nothing, in turns with a bare
 * Socket.IO server; after its garbage is collected.
 */
export const benchIdleSockets = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      sockets: { type: 'string', default: '1000,10000' },
    },
  });
  const sizes = values.sockets.split(',').map(Number);
  expectOpenFiles(Math.max(...sizes));
  const dir = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const env = { LOG_LEVEL: 'warn', CARAT_SOCKETS_PER_ADDRESS: '100000', ...memoryEnv(dir) };
  const system = await startSystem({ dir, env });
  try {
    const budgets: Outcome['budgets'][number][] = [];
    for (const sockets of sizes) {
      const rounds = await takeTurns(Number(values.rounds), 0, {
        bare: () => measureBare(dir, system.secret, sockets),
        ours: () => measureCarat(dir, system, sockets),
      });
      for (const kind of ['resident', 'heap'] as const) {
        const of = (read: (round: (typeof rounds)[number]) => number): number => median(rounds.map(read));
        budgets.push(
          judge({
            row: `memory of an idle socket (${kind}), ${shown(sockets)} connected`,
            ...{ ours: of(({ ours }) => ours[kind]) / KiB, unit: 'KiB' },
            reference: { value: of(({ bare }) => bare[kind]) / KiB, what: 'bare Socket.IO' },
            ratio: of(({ ours, bare }) => ours[kind] / bare[kind]),
            // With fewer, what a process takes in whole pages says more than its sockets do.
            ...(sockets === Math.max(...sizes) && { budget: { ratioMost } }),
          }),
        );
      }
    }
    const outcome = { bench: 'idle-sockets', budgets, machine: machine() };
    printOutcome(outcome, values.json);
  } finally {
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
