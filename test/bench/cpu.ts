import { readFileSync } from 'node:fs';
import type { System } from '@carat/local';

/** A kernel's clock tick as it shows in /proc, in ms (USER_HZ is 100 on Linux; see proc(5)). */
const tickMs = 10;

/** CPU time that a process has used so far, in ms; 0 outside Linux. */
export const cpuOf = (pid: number): number => {
  if (process.platform !== 'linux') return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
};

/**
 * CPU time that every process of a system and this one have used so far, in ms; only this one outside Linux.
 */
export const cpuTimes = (system: System): Map<string, number> => {
  const { user, system: kernel } = process.cpuUsage();
  const times = new Map([['load', (user + kernel) / 1_000]]);
  if (process.platform !== 'linux') return times;
  for (const { name, pid } of system.processes) times.set(name, cpuOf(pid!));
  return times;
};

/** What was used since `before`, in CPU-seconds per 1,000 gifts: which is ms per gift. */
export const cpuPerThousand = (
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  gifts: number,
): Map<string, number> =>
  new Map([...after].map(([name, ms]) => [name, (ms - (before.get(name) ?? 0)) / gifts]));
