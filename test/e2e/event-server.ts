import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const double = join(import.meta.dirname, '../../packages/event-store/src/kurrentdb/testing/double/main.ts');

/** What answers as KurrentDB: the server that KURRENTDB_URL names, or else the wire double. */
export type EventServer = {
  readonly name: string;
  readonly address: string;
  /** `kill -9`, and a new start; undefined where nobody said how that is done to the server. */
  readonly killAndRestart: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
};

export const openEventServer = async (): Promise<EventServer> => {
  const { KURRENTDB_URL: address, KURRENTDB_RESTART: command } = process.env;
  if (address === undefined) return startDouble();
  return {
    name: 'the server that KURRENTDB_URL names',
    address,
    killAndRestart: command === undefined ? undefined : () => runWithoutThem(command),
    stop: async () => {},
  };
};

/** The server takes every variable that begins as these do for a setting of its own, and ends. */
const runWithoutThem = async (command: string): Promise<void> => {
  const { KURRENTDB_URL: _, KURRENTDB_RESTART: __, ...env } = process.env;
  const child = spawn('bash', ['-c', command], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`KURRENTDB_RESTART ended with ${code}: ${command}`);
};

const startDouble = async (): Promise<EventServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'carat-double-'));
  let child: ChildProcess;
  const start = async (port: string): Promise<string> => {
    const args = [double, '--port', port, '--file', join(folder, 'journal')];
    child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout! })) return line;
    throw new Error('The double did not start.');
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  const address = await start('0');
  return {
    name: 'the wire double',
    address,
    killAndRestart: async () => {
      await kill();
      await start(new URL(address).port);
    },
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
};
