import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const maxInstallMs = 300_000;
const maxOutputBytes = 10 * 1024 * 1024;

export const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Whether programs can be installed here: as root on Debian or Ubuntu. */
export const canInstall = async (): Promise<boolean> =>
  process.getuid?.() === 0 && isExecutable('/usr/bin/apt-get');

/** Installs packages with apt-get. @returns why not, where that failed */
export const aptInstall = async (...packages: readonly string[]): Promise<string | undefined> => {
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  try {
    await aptGet(...install);
  } catch {
    // A fresh image has no package lists, and old lists name versions that are gone.
    try {
      await aptGet('update');
      await aptGet(...install);
    } catch (error) {
      return lastLine(error);
    }
  }
  return undefined;
};

const aptGet = (...args: readonly string[]) =>
  run('/usr/bin/env', ['DEBIAN_FRONTEND=noninteractive', '/usr/bin/apt-get', '-q', ...args], {
    timeout: maxInstallMs,
    maxBuffer: maxOutputBytes,
  });

const lastLine = (error: unknown): string => {
  const { stderr = '', message } = error as { stderr?: string; message: string };
  return (stderr.trim() || message).split('\n').at(-1) ?? message;
};
