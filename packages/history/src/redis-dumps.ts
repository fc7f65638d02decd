import { comparePositions, type Position } from '@carat/event-store';
import type { Cluster, Redis } from 'ioredis';
import { type Dump, type DumpStore, DumpsAway } from './dumps.ts';
import { limits } from './limits.ts';

/** Beside the generations: dumps outlive them, as they belong to the log alone. */
const prefix = 'carat-history:';
const indexKey = (table: string): string => `${prefix}${table}:index`;
const chunkKey = (table: string, position: Position, chunk: number): string =>
  `${prefix}${table}:${position}:${chunk}`;

type StoredDump = Omit<Dump, 'position'>;
type StoredRow = readonly [field: string, amounts: readonly number[], place: string];

/**
 * Dumps in Redis. Every command names one key, so a cluster keeps them as well. Chunks are dropped by Redis
 * itself after `limits.dumpSeconds`, and with the oldest of more than `limits.maxDumps` dumps of a table.
 */
export const createRedisDumps = (redis: Redis | Cluster): DumpStore => {
  const reach = async <T>(command: Promise<T>): Promise<T> => {
    try {
      return await command;
    } catch (cause) {
      throw new DumpsAway('Redis cannot be reached.', { cause });
    }
  };

  const list = async (table: string): Promise<Dump[]> => {
    const found = await reach(redis.hgetall(indexKey(table)));
    return Object.entries(found).map(([position, text]) => ({
      ...(JSON.parse(text) as StoredDump),
      position: position as Position,
    }));
  };

  const drop = async (table: string, { position, chunks }: Dump): Promise<void> => {
    await reach(redis.hdel(indexKey(table), position));
    for (let chunk = 0; chunk < chunks; chunk++) await reach(redis.unlink(chunkKey(table, position, chunk)));
  };

  return {
    list,
    drop,
    async readChunk(table, position, chunk) {
      const text = await reach(redis.get(chunkKey(table, position, chunk)));
      if (text === null) return undefined;
      return (JSON.parse(text) as StoredRow[]).map(([field, amounts, place]) => ({
        field,
        amounts,
        place: place as Position,
      }));
    },
    async writeChunk(table, position, chunk, rows) {
      const stored: StoredRow[] = rows.map(({ field, amounts, place }) => [field, amounts, place]);
      const key = chunkKey(table, position, chunk);
      await reach(redis.set(key, JSON.stringify(stored), 'EX', limits.dumpSeconds));
    },
    async finish(table, { position, ...dump }) {
      await reach(redis.hset(indexKey(table), position, JSON.stringify(dump)));
      await reach(redis.expire(indexKey(table), limits.dumpSeconds));
      const held = (await list(table)).sort((a, b) => comparePositions(a.position, b.position));
      const over = Math.max(0, held.length - limits.maxDumps);
      // Never this one, however old: whoever made it goes on from it.
      const others = held.filter((other) => other.position !== position);
      for (const oldest of others.slice(0, over)) await drop(table, oldest);
    },
  };
};
