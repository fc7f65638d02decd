import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { promisify } from 'node:util';
import { postgresVersion } from './naive-postgres.ts';
import { machine } from './rounds.ts';

/** The machine that was measured on, and the versions of what ran. */
export type Host = ReturnType<typeof machine> & {
  /** Processes that wanted a core when the run began, on average over a minute. */
  readonly loadBefore: number;
  readonly redis: string;
  readonly postgres: string;
  readonly kurrentdb: string;
};

const none = 'none';
const maxWaitMs = 2_000;
const run = promisify(execFile);

/** The program that a system of ours starts where there are both. */
const redisVersion = async (): Promise<string> => {
  for (const program of ['redis-server', 'valkey-server']) {
    const said = await run(program, ['--version']).catch(() => undefined);
    const version = /v=(\S+)/.exec(said?.stdout ?? '')?.[1];
    if (version) return program === 'redis-server' ? version : `Valkey ${version}`;
  }
  return none;
};

/** What the server that an address names says of itself. */
const kurrentVersion = async (address: string | undefined): Promise<string> => {
  if (address === undefined) return none;
  const { host, searchParams } = new URL(address.replace(/^[\w+]+:/, 'http:'));
  const scheme = searchParams.get('tls') === 'false' ? 'http' : 'https';
  try {
    const answer = await fetch(`${scheme}://${host}/info`, { signal: AbortSignal.timeout(maxWaitMs) });
    const { dbVersion, esVersion } = (await answer.json()) as Record<string, string | undefined>;
    return dbVersion ?? esVersion ?? 'unknown';
  } catch {
    return 'unknown';
  }
};

export const describeHost = async (): Promise<Host> => ({
  ...machine(),
  loadBefore: loadOf(),
  redis: await redisVersion(),
  postgres: await postgresVersion().catch(() => none),
  kurrentdb: await kurrentVersion(process.env.KURRENTDB_URL),
});

export const loadOf = (): number => Number(loadavg()[0]!.toFixed(1));

/** One sentence about it. */
export const showHost = (host: Host): string => {
  const { cpu, memoryGiB, platform, node, sqlite, redis, postgres, kurrentdb, loadBefore } = host;
  const versions = [
    ...[`Node ${node}`, `SQLite ${sqlite}`, `Redis ${redis}`],
    ...(postgres === none ? [] : [`PostgreSQL ${postgres}`]),
    ...(kurrentdb === none ? [] : [`KurrentDB ${kurrentdb}`]),
  ];
  return `${cpu}, ${memoryGiB} GiB, ${platform}, load ${loadBefore} before; ${versions.join(', ')}`;
};
