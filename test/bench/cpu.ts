import { readdirSync, readFileSync } from 'node:fs';
import type { System, SystemProcess } from '@carat/local';

/** A system, or one whose Redis runs beside it. */
export type Measurable = Omit<System, 'processes'> & {
  readonly processes: readonly Pick<SystemProcess, 'name' | 'pid'>[];
};

/** A kernel's clock tick as it shows in /proc, in ms (USER_HZ is 100 on Linux; see proc(5)). */
const tickMs = 10;

/** CPU time that a process has used so far, in ms; 0 outside Linux. */
export const cpuOf = (pid: number): number => {
  if (process.platform !== 'linux') return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
};

/** The same of a process and all that it started itself, and that run now; 0 outside Linux. */
export const cpuWithChildren = (pid: number): number => {
  if (process.platform !== 'linux') return 0;
  let ms = cpuOf(pid);
  for (const other of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = readFileSync(`/proc/${other}/stat`, 'utf8').split(') ')[1]!.split(' ')[1];
      if (Number(parent) === pid) ms += cpuOf(Number(other));
    } catch {
      // It ended while the list was gone through.
    }
  }
  return ms;
};

/** CPU time of this process so far, in ms. */
export const ownCpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** What a process holds in memory right now, in bytes; 0 outside Linux. */
export const residentOf = (pid: number): number => {
  if (process.platform !== 'linux') return 0;
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1_024;
};

/**
 * CPU time that every process of a system and this one have used so far, in ms; only this one outside Linux.
 */
export const cpuTimes = ({ processes }: Pick<Measurable, 'processes'>): Map<string, number> => {
  const times = new Map([['load', ownCpu()]]);
  if (process.platform !== 'linux') return times;
  for (const { name, pid } of processes) times.set(name, cpuOf(pid!));
  return times;
};

/** What was used since `before`, in CPU-seconds per 1,000 gifts: which is ms per gift. */
export const cpuPerThousand = (
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  gifts: number,
): Map<string, number> =>
  new Map([...after].map(([name, ms]) => [name, (ms - (before.get(name) ?? 0)) / gifts]));
