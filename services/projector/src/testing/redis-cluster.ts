import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { plainEnv, readRedisSettings } from '../../../../infra/local/config.ts';
import { findFreePorts } from '../../../../infra/local/ports.ts';
import { createProcess } from '../../../../infra/local/process.ts';
import { pingRedis } from '../../../../infra/local/redis-ping.ts';
import { findRedisProgram } from '../../../../infra/local/redis-program.ts';

const masters = 3;
const slots = 16_384;
const maxFormingMs = 20_000;
const silent = (): void => undefined;

/** A Redis Cluster of three masters on 127.0.0.1, empty and thrown away; it ends with this process. */
export const startRedisCluster = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-redis-cluster-'));
  const { path, install } = readRedisSettings();
  const command = await findRedisProgram({ path, install, say: silent });
  const ports = await findFreePorts(2 * masters);
  const nodes = Array.from({ length: masters }, (_, n) => ({ port: ports[n]!, bus: ports[masters + n]! }));
  const processes = nodes.map(({ port, bus }) =>
    createProcess(
      {
        name: `redis-${port}`,
        command,
        args: [
          ...[
            '--port',
            String(port),
            '--bind',
            '127.0.0.1',
            '--dir',
            dir,
            '--save',
            '',
            '--appendonly',
            'no',
          ],
          ...['--cluster-enabled', 'yes', '--cluster-port', String(bus)],
          ...['--cluster-config-file', `nodes-${port}.conf`, '--cluster-node-timeout', '2000'],
          ...['--maxmemory-policy', 'noeviction', '--daemonize', 'no'],
        ],
        env: plainEnv(),
        logFile: join(dir, `redis-${port}.log`),
        endsWith: 'guard',
        isReady: async () => (await pingRedis(`redis://127.0.0.1:${port}`)) === 'pong',
        revived: false,
      },
      silent,
    ),
  );
  for (const process of processes) await process.start();
  const clients = nodes.map(({ port }) => new Redis(port, '127.0.0.1'));

  for (const [n, client] of clients.entries()) {
    const [from, to] = [n, n + 1].map((share) => Math.ceil((share * slots) / masters)) as [number, number];
    await client.call('CLUSTER', 'ADDSLOTSRANGE', from, to - 1);
  }
  for (const { port, bus } of nodes.slice(1)) {
    await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', port, bus);
  }
  const hasFormed = async (client: Redis): Promise<void> => {
    const info = String(await client.call('CLUSTER', 'INFO'));
    if (!/cluster_state:ok/.test(info) || !info.includes(`cluster_size:${masters}`)) throw new Error(info);
  };
  await vi.waitFor(() => Promise.all(clients.map(hasFormed)), { timeout: maxFormingMs, interval: 50 });

  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    /** A connection to each master. */
    clients,
    stop: async (): Promise<void> => {
      for (const client of clients) client.disconnect();
      for (const process of processes) await process.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

export type RedisCluster = Awaited<ReturnType<typeof startRedisCluster>>;
