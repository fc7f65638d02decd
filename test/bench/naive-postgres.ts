import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { plainEnv } from '../../infra/local/config.ts';
import { findFreePorts } from '../../infra/local/ports.ts';
import { createProcess } from '../../infra/local/process.ts';

/** A PostgreSQL of the bench's own, with the settings it comes with. */
export type Postgres = {
  readonly url: string;
  readonly pid: number;
  /** As the program says it. */
  readonly version: string;
  stop(): Promise<void>;
};

export class PostgresMissing extends Error {
  override readonly name = 'PostgresMissing';
}

const run = promisify(execFile);
const user = 'bench';

/** The folder of the newest PostgreSQL of this machine. @throws PostgresMissing */
export const findPostgres = (): string => {
  const packaged = globSync('/usr/lib/postgresql/*/bin').toSorted(
    (a, b) => Number(b.split('/')[4]) - Number(a.split('/')[4]),
  );
  const folders = [...packaged, ...(plainEnv().PATH ?? '').split(delimiter)];
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')));
  if (found) return found;
  throw new PostgresMissing('PostgreSQL is not installed: apt-get install postgresql, or put initdb on PATH');
};

/** `postgres (PostgreSQL) 15.18 …` in short. @throws PostgresMissing */
export const postgresVersion = async (): Promise<string> => {
  const { stdout } = await run(join(findPostgres(), 'postgres'), ['--version']);
  return /\d[\d.]*/.exec(stdout)?.[0] ?? stdout.trim();
};

/** PostgreSQL refuses to run as root: as root it runs as the user that its package makes. */
const unprivileged =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'] : [];

/**
 * Starts one on a free port of 127.0.0.1, its data in a throw-away folder; it ends with this process.
 * @throws PostgresMissing, or what it said
 */
export const startPostgres = async (): Promise<Postgres> => {
  const bin = findPostgres();
  const version = await postgresVersion();
  const dir = await mkdtemp(join(tmpdir(), 'carat-postgres-'));
  const data = join(dir, 'data');
  if (unprivileged.length > 0) await run('chown', ['postgres:postgres', dir]);
  const as = (program: string, ...args: string[]): [string, string[]] => {
    const [command, ...rest] = [...unprivileged, join(bin, program), ...args];
    return [command!, rest];
  };
  await run(...as('initdb', '-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--locale=C'));
  const [port] = await findFreePorts(1);
  const url = `postgres://${user}@127.0.0.1:${port}/postgres`;
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`, 'synchronous_commit=on'];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  const [command, args] = as('postgres', '-D', data, '-p', String(port), ...flags);
  const child = createProcess(
    {
      ...{ name: 'postgres', command, args, env: plainEnv(), logFile: join(dir, 'postgres.log') },
      ...{ endsWith: 'guard', revived: false, isReady: () => answers(url) },
    },
    (line) => process.stderr.write(`${line}\n`),
  );
  await child.start();
  return {
    ...{ url, version, pid: child.pid! },
    async stop() {
      await child.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

const answers = async (connectionString: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
};
