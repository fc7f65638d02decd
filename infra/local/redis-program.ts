import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { LocalError } from './failure.ts';
import { aptInstall, canInstall, isExecutable } from './installing.ts';

const run = promisify(execFile);

const programs = ['redis-server', 'valkey-server'];
/** Where servers are kept that a user's own PATH often leaves out. */
const usualFolders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];
/** Functions and sharded pub/sub came with it. */
const minMajorVersion = 7;
const maxVersionMs = 5_000;

export type RedisProgramOptions = {
  /** Folders to look in before the usual ones, as in PATH. */
  readonly path: string;
  /** False: nothing is installed. */
  readonly install: boolean;
  readonly say: (line: string) => void;
  /** Folders to look in after those of `path`. */
  readonly folders?: readonly string[];
};

/**
 * The path of a Redis or Valkey server program, 7.0 or newer: the first on the PATH or in the usual folders,
 * else one that is installed now, as root on Debian or Ubuntu, after saying so.
 * @throws LocalError with the one line to run where there is none
 */
export const findRedisProgram = async (options: RedisProgramOptions): Promise<string> => {
  const found = await searchFolders(options);
  if (found) return found;
  if (options.install && (await canInstall())) {
    await installRedis(options.say);
    const installed = await searchFolders(options);
    if (installed) return installed;
  }
  throw new LocalError(
    `There is no Redis (${minMajorVersion}.0 or newer) or Valkey on this machine. Install one: ` +
      '`sudo apt-get install -y redis-server` on Debian or Ubuntu, `brew install valkey` on macOS; ' +
      'or set REDIS_URL to one that runs elsewhere.',
  );
};

const searchFolders = async ({ path, folders = usualFolders }: RedisProgramOptions) => {
  const all = new Set([...path.split(delimiter).filter(Boolean), ...folders]);
  for (const program of programs) {
    for (const folder of all) {
      const file = join(folder, program);
      if ((await isExecutable(file)) && (await isRecent(file))) return file;
    }
  }
  return undefined;
};

/** `Redis server v=7.0.15 sha=…` or `Valkey server v=8.1.0 …`. */
const isRecent = async (file: string): Promise<boolean> => {
  try {
    const { stdout } = await run(file, ['--version'], { timeout: maxVersionMs });
    return Number(/v=(\d+)/.exec(stdout)?.[1] ?? 0) >= minMajorVersion;
  } catch {
    return false;
  }
};

const installRedis = async (say: (line: string) => void): Promise<void> => {
  say('No Redis on this machine: apt-get install -y redis-server (CARAT_INSTALL=no forbids it) …');
  const fault = await aptInstall('redis-server');
  if (fault !== undefined) {
    throw new LocalError(
      `Redis could not be installed with apt-get (${fault}). ` +
        'Install Redis 7.0 or newer, or Valkey, or set REDIS_URL to one that runs elsewhere.',
    );
  }
};
