import { execFileSync } from 'node:child_process';

const works = (): boolean => {
  try {
    execFileSync('strace', ['-q', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const install = (): void => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'strace']]) {
    execFileSync('apt-get', ['-q', ...args], { env, stdio: 'ignore' });
  }
};

/**
 * Sees to it that there is a strace, by which calls of a process to its system can be made to fail.
 * @throws Error with the line to run where there is none, and none could be installed
 */
export const needStrace = (): void => {
  if (works()) return;
  try {
    if (process.getuid?.() === 0) install();
  } catch {
    // It is told below.
  }
  if (works()) return;
  throw new Error('These specs need strace: `sudo apt-get install -y strace` on Debian or Ubuntu.');
};

/** Runs a process whose fsyncs of a file fail, from the n-th on. */
export const failingSyncs = (path: string, from: number): string[] => [
  ...['strace', '-f', '-q', '-o', '/dev/null', '-P', path],
  ...['-e', 'trace=fsync,fdatasync', '-e', `inject=fsync,fdatasync:error=EIO:when=${from}+`],
];
