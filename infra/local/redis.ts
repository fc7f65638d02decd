import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessSpec } from './child.ts';
import { plainEnv, type RedisSettings, readRedisSettings } from './config.ts';
import { LocalError } from './failure.ts';
import { findFreePorts, isFree } from './ports.ts';
import { createProcess } from './process.ts';
import { pingRedis } from './redis-ping.ts';
import { findRedisProgram } from './redis-program.ts';

export type RedisOptions = {
  /** Its data are kept in `<dir>/redis`, its log in `<dir>/logs`; a throw-away folder where it is missing. */
  readonly dir?: string;
  /** Keeps its data over restarts (synced once a second); otherwise it begins empty each time. */
  readonly persistent?: boolean;
  /** A free one where it is missing. */
  readonly port?: number;
  readonly settings?: RedisSettings;
  readonly say?: (line: string) => void;
};

export type LocalRedis = {
  readonly url: string;
  /** Undefined for one that REDIS_URL names: it is not ours to end. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
};

const sayToStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * A Redis to work with: the one that REDIS_URL names if it is set, else one of our own.
 * @throws LocalError in one sentence where the named one does not answer, or none can be had
 */
export const findRedis = async (options: RedisOptions = {}): Promise<LocalRedis> => {
  const { redisUrl } = options.settings ?? readRedisSettings();
  if (!redisUrl) return startRedis(options);
  await expectRedis(redisUrl);
  return { url: redisUrl, pid: undefined, stop: async () => {} };
};

/** Makes sure that a Redis answers at the address REDIS_URL gives. @throws LocalError */
export const expectRedis = async (redisUrl: string): Promise<void> => {
  const ping = await pingRedis(redisUrl);
  if (typeof ping === 'string') return;
  const { host } = new URL(redisUrl);
  throw new LocalError(
    `REDIS_URL names ${host}, but no Redis answers there (${ping.failed}): start it, or unset REDIS_URL.`,
  );
};

/**
 * A Redis of our own on 127.0.0.1, whatever REDIS_URL says: found on this machine, or installed. It ends with
 * this process; if it dies before, it stays dead. @throws LocalError
 */
export const startRedis = async (options: RedisOptions = {}): Promise<LocalRedis> => {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'carat-redis-')));
  const removeThrowAway = async (): Promise<void> => {
    if (!options.dir) await rm(dir, { recursive: true, force: true });
  };
  try {
    const spec = await redisSpec({ ...options, dir });
    const redis = createProcess({ ...spec, revived: false }, options.say ?? sayToStderr);
    await redis.start();
    return {
      url: spec.url,
      get pid() {
        return redis.pid;
      },
      stop: async () => {
        await redis.stop();
        await removeThrowAway();
      },
    };
  } catch (error) {
    await removeThrowAway();
    throw error;
  }
};

type RedisSpec = ProcessSpec & { readonly url: string };

/**
 * The process that `startRedis` starts, for a system that watches over it. @throws LocalError without a Redis
 */
export const redisSpec = async (options: RedisOptions & { readonly dir: string }): Promise<RedisSpec> => {
  const { dir, persistent = false, settings = readRedisSettings(), say = sayToStderr } = options;
  const program = await findRedisProgram({ path: settings.path, install: settings.install, say });
  const port = options.port ?? (await findFreePorts(1))[0]!;
  if (options.port && !(await isFree(port))) throw new LocalError(`Port ${port} for Redis is taken.`);
  const url = `redis://127.0.0.1:${port}`;
  const data = join(dir, 'redis');
  const logs = join(dir, 'logs');
  await Promise.all([data, logs].map((folder) => mkdir(folder, { recursive: true })));
  const persistence = persistent
    ? ['--appendonly', 'yes', '--appendfsync', 'everysec']
    : ['--appendonly', 'no'];
  return {
    name: 'redis',
    url,
    command: program,
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--save', '', ...persistence],
      ...['--maxmemory-policy', 'noeviction', '--daemonize', 'no'],
    ],
    env: plainEnv(),
    logFile: join(logs, 'redis.log'),
    endsWith: 'guard',
    revived: true,
    isReady: async () => (await pingRedis(url)) === 'pong',
  };
};
