import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the parts of a running system are, for whoever comes after it started. */
export type Running = {
  readonly pid: number;
  readonly apiUrl: string;
  readonly gatewayUrls: readonly string[];
  readonly redisUrl: string;
  readonly eventStore: string;
};

const fileIn = (dir: string): string => join(dir, 'running.json');

/**
 * Leaves word of the system that runs in `dir`, for its own user only, as addresses may hold passwords;
 * returns what takes it back.
 */
export const announceRunning = async (
  dir: string,
  { apiUrl, gatewayUrls, redisUrl, eventStore }: Omit<Running, 'pid'>,
): Promise<() => Promise<void>> => {
  const running: Running = { pid: process.pid, apiUrl, gatewayUrls, redisUrl, eventStore };
  await writeFile(fileIn(dir), `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 });
  return () => rm(fileIn(dir), { force: true });
};

/** The system that `npm start` keeps running in `dir`, or undefined where none runs. */
export const findRunning = async (dir: string): Promise<Running | undefined> => {
  try {
    const running = JSON.parse(await readFile(fileIn(dir), 'utf8')) as Running;
    // Signal 0 only asks whether there is such a process; it throws where there is none.
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
};
