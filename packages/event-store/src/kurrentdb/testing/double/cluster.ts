import { type Double, type DoubleOptions, startDouble } from './double.ts';
import type { Member } from './faults.ts';
import { Log } from './log.ts';

export type Cluster = {
  /** Names every node as a seed. */
  readonly url: string;
  readonly nodes: readonly Double[];
  readonly leader: Double;
  /** From now on another node leads, and all that run say so. */
  elect(node: Double): void;
  stop(): Promise<void>;
};

/** Starts nodes that answer from one log, as if all were replicated at once. The first leads. */
export const startCluster = async (
  size: number,
  options: Omit<DoubleOptions, 'port'> = {},
): Promise<Cluster> => {
  const log = options.log ?? new Log();
  const nodes: Double[] = [];
  let leader: Double | undefined;
  const members = (): Member[] =>
    nodes.map((node) => ({
      host: '127.0.0.1',
      port: node.port,
      leads: node === leader,
      isAlive: node.isRunning(),
    }));
  for (let index = 0; index < size; index++) nodes.push(await startDouble({ ...options, log }, { members }));
  leader = nodes[0];
  return {
    url: `kurrentdb://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`,
    nodes,
    get leader() {
      return leader!;
    },
    elect: (node) => {
      leader = node;
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
};
