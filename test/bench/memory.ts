import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** What a process holds after its garbage was collected, in bytes. */
export type Memory = { readonly resident: number; readonly heap: number };

const pollMs = 5;
const maxWaitMs = 10_000;
const report = pathToFileURL(join(import.meta.dirname, 'memory-report.ts')).href;
const fileOf = (dir: string, pid: number): string => join(dir, `memory.${pid}`);

/** The environment of processes that can be asked for their memory. @param dir where they answer */
export const memoryEnv = (dir: string): { NODE_OPTIONS: string } => ({
  NODE_OPTIONS: `--import=${report}?dir=${encodeURIComponent(dir)}`,
});

/** Asks a process that was started with `memoryEnv`. @throws where it does not answer within 10 s */
export const memoryOf = async (dir: string, pid: number): Promise<Memory> => {
  const file = fileOf(dir, pid);
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  const deadline = performance.now() + maxWaitMs;
  while (!existsSync(file)) {
    if (performance.now() > deadline) throw new Error(`Process ${pid} did not say what it holds.`);
    await pause(pollMs);
  }
  const { rss, heapUsed, external } = JSON.parse(readFileSync(file, 'utf8')) as NodeJS.MemoryUsage;
  return { resident: rss, heap: heapUsed + external };
};
