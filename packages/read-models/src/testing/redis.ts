import { Redis } from 'ioredis';
import { startRedis } from '../../../../infra/local/redis.ts';
import { beginGeneration } from '../generations.ts';

/** A Redis of its own for one spec file, empty. */
export const openRedis = async () => {
  const server = await startRedis();
  const clients: Redis[] = [];
  const connect = (): Redis => {
    const redis = new Redis(server.url);
    redis.on('error', () => undefined);
    clients.push(redis);
    return redis;
  };
  return {
    url: server.url,
    connect,
    close: async (): Promise<void> => {
      for (const redis of clients) redis.disconnect();
      await server.stop();
    },
  };
};

/** Empties Redis and begins a generation there. @returns its id */
export const freshGeneration = async (redis: Redis): Promise<string> => {
  await redis.flushall();
  return (await beginGeneration(redis, { projections: 1, log: 'log-1' }, undefined)).generation;
};
