import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Env } from '@carat/service-kit';
import { projectRoot } from './config.ts';

export type ProcessSpec = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Env;
  /** All that it prints is appended here. */
  readonly logFile: string;
  /**
   * How it learns that this process is gone, however that ended: one of ours by its IPC channel
   * (`runService`), any other by a guard that ends it.
   */
  readonly endsWith: 'channel' | 'guard';
  /** Started again when it dies. */
  readonly revived: boolean;
  /** Whether it can do its work. */
  isReady(): Promise<boolean>;
};

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Child = {
  /** Undefined where it could not even be spawned; `exited` then resolves at once. */
  readonly pid: number | undefined;
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
};

const maxTailBytes = 16_384;
/** A log larger than this is put aside as `….old` at the next start. */
const maxLogBytes = 32 * 1024 * 1024;

/** Ends a process once this one's end of the pipe is gone, when its users have had time to notice too. */
const guardScript = 'cat >/dev/null; sleep 2; kill "$1" 2>/dev/null';

/**
 * Spawns it in a process group of its own, so that Ctrl-C reaches the parent alone, which ends all in order.
 */
export const launchChild = ({ command, args, env, logFile, endsWith }: ProcessSpec): Child => {
  if (logSize(logFile) > maxLogBytes) renameSync(logFile, `${logFile}.old`);
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, {
    env,
    cwd: projectRoot,
    detached: true,
    stdio: endsWith === 'channel' ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (endsWith === 'guard' && pid !== undefined) guard(child, pid);
  return {
    pid,
    exited: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', () => pid === undefined && resolve({ code: null, signal: null }));
    }),
    kill: (signal) => void child.kill(signal),
  };
};

/**
 * Ends the child when this process is gone; without a shell there is no guard, and an orderly stop still ends
 * it.
 */
const guard = (child: ChildProcess, pid: number): void => {
  const watcher = spawn('/bin/sh', ['-c', guardScript, 'sh', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.once('error', () => undefined);
  watcher.stdin.once('error', () => undefined);
  child.once('exit', () => watcher.kill('SIGKILL'));
  watcher.unref();
};

export const logSize = (file: string): number => {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
};

/** The sentence with which a child ended, from what it printed since `from`. */
export const lastWords = async ({ name, logFile }: ProcessSpec, from: number): Promise<string> => {
  const file = await open(logFile);
  try {
    const { size } = await file.stat();
    const start = Math.max(size < from ? 0 : from, size - maxTailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxTailBytes), 0, maxTailBytes, start);
    const lines = buffer
      .toString('utf8', 0, bytesRead)
      .split('\n')
      .filter((line) => line.trim());
    const sentence = lines.find((line) => line.includes(' could not start: '));
    if (sentence) return sentence;
    const said = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? 'nothing';
    return `${name} could not start; it said: ${said} (${logFile})`;
  } finally {
    await file.close();
  }
};
