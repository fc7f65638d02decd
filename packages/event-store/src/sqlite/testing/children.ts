import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Said } from '../appender.fixture.ts';

const fixture = join(import.meta.dirname, '../appender.fixture.ts');
const maxStartMs = 20_000;

/** A process that works on a log, and what it said so far. */
export type Appender = {
  readonly child: ChildProcess;
  readonly said: Said[];
  /** What it wrote on stderr. */
  readonly complained: () => string;
  readonly exited: Promise<number | null>;
};

export type Answered = Extract<Said, { ids: unknown }>;

/** @param under a command that runs the process, with its options */
export const start = async (
  path: string,
  task: string,
  name: string,
  under: readonly string[] = [],
): Promise<Appender> => {
  const [command = process.execPath, ...before] = [...under, process.execPath];
  const child = fork(fixture, [path, task, name], { execPath: command, execArgv: before, silent: true });
  const said: Said[] = [];
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  child.on('message', (message) => said.push(message as Said));
  // What it said last may come after it is gone.
  const silent = new Promise((resolve) => child.once('disconnect', resolve));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const exited = Promise.all([closed, silent]).then(([code]) => code);
  const appender = { child, said, complained: () => complaints, exited };
  const isReady = (): boolean => said.some((message) => 'ready' in message);
  await vi.waitFor(() => expect(isReady(), complaints).toBe(true), { timeout: maxStartMs });
  return appender;
};

/** Ends when the process has ended by itself: nothing of the store keeps it. */
export const stop = async ({ child, said, exited }: Appender): Promise<void> => {
  child.send('stop');
  expect(await exited).toBe(0);
  expect(said.at(-1)).toEqual({ done: true });
};

export const kill = async ({ child, exited }: Appender): Promise<void> => {
  child.kill('SIGKILL');
  await exited;
};

export const answered = (said: readonly Said[]): Answered[] => said.filter((message) => 'ids' in message);
