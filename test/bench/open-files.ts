import { readFileSync } from 'node:fs';

/** Beside its sockets: the log, Redis, other services. */
const spare = 200;

/**
 * Makes sure that a process may hold so many sockets. Node itself has raised its limit to the highest that it
 * may have. @throws with what to do about it
 */
export const expectOpenFiles = (sockets: number): void => {
  if (process.platform !== 'linux') return;
  const most = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  if (Number.isNaN(most) || most >= sockets + spare) return;
  throw new Error(
    `${sockets} sockets need ${sockets + spare} open files and ${most} are allowed: ` +
      `run ulimit -n ${2 * (sockets + spare)}, as root or within the hard limit.`,
  );
};
