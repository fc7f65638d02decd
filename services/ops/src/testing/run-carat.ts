import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { plainEnv } from '@carat/local';

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type Running = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it said on stderr so far. */
  readonly said: () => string;
};

const main = join(import.meta.dirname, '../main.ts');

/** Runs the command as one types it; `env` is all of Carat's environment that it gets. */
export const startCarat = (args: readonly string[], env: Record<string, string> = {}): Running => {
  const child = spawn(process.execPath, [main, ...args], { env: { ...plainEnv(), ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended, said: () => stderr };
};

/** The same, to its end. */
export const runCarat = (args: readonly string[], env?: Record<string, string>): Promise<Ended> =>
  startCarat(args, env).ended;
