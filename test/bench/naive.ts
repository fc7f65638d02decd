import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { type Crowd, type Loaded, loadServers } from './closed-loop.ts';
import { cpuOf, cpuPerThousand, cpuWithChildren, ownCpu } from './cpu.ts';
import { coinsPerViewer } from './crowd.ts';
import { startPostgres } from './naive-postgres.ts';

const schema = `
  CREATE TABLE wallets (viewer text PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
  CREATE TABLE creators (
    creator text PRIMARY KEY,
    coins bigint NOT NULL DEFAULT 0,
    millidiamonds bigint NOT NULL DEFAULT 0,
    gifts bigint NOT NULL DEFAULT 0
  );
  CREATE TABLE gifts (
    id bigserial PRIMARY KEY,
    viewer text NOT NULL,
    live text NOT NULL,
    creator text NOT NULL,
    gift text NOT NULL,
    combo uuid NOT NULL,
    coins bigint NOT NULL,
    at timestamptz NOT NULL
  );
  CREATE INDEX ON gifts (live, id);
  CREATE INDEX ON gifts (viewer, id);
`;

const seed = async (connectionString: string, { viewers, lives }: Crowd): Promise<void> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(schema);
  const creators = lives.map((live) => `creator-of-${live}`);
  await client.query('INSERT INTO wallets SELECT unnest($1::text[]), $2', [viewers, coinsPerViewer]);
  await client.query('INSERT INTO creators (creator) SELECT unnest($1::text[])', [creators]);
  await client.query('VACUUM ANALYZE');
  await client.end();
};

/**
 * Socket.IO with one transaction of PostgreSQL per gift, to be loaded as Carat is.
 * @throws PostgresMissing
 */
export const openNaive = async (crowd: Crowd) => {
  const postgres = await startPostgres();
  await seed(postgres.url, crowd);
  const server = fork(join(import.meta.dirname, 'naive-server.ts'), [postgres.url]);
  const [port] = await once(server, 'message');
  const cpu = (): Map<string, number> =>
    new Map([
      ['load', ownCpu()],
      ['server', cpuOf(server.pid!)],
      ['postgres', cpuWithChildren(postgres.pid)],
    ]);
  return {
    async load(runMs: number): Promise<Loaded> {
      const [before, startedAt] = [cpu(), performance.now()];
      const result = await loadServers([`http://127.0.0.1:${port}`], undefined, crowd.plans, runMs);
      const sent = (result.perSecond * (performance.now() - startedAt)) / 1_000;
      return { ...result, cpu: cpuPerThousand(before, cpu(), sent) };
    },
    async close(): Promise<void> {
      server.kill();
      await once(server, 'exit');
      await postgres.stop();
    },
  };
};
