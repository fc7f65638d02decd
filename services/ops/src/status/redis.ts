import {
  activeGeneration,
  type Checkpoint,
  connectRedis,
  type Filled,
  jobsQueue,
  type Poison,
  readCheckpoint,
  readPoison,
  type Unit,
  units,
} from '@carat/read-models';
import { describeFailure } from '@carat/service-kit';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { CommandError } from '../outcome.ts';

export type UnitStands = {
  readonly unit: Unit;
  readonly checkpoint: Checkpoint | null;
  /** The event that it is stopped at. */
  readonly stoppedAt: Pick<Poison, 'event' | 'position' | 'fault' | 'since'> | null;
};

export type GenerationStands = Filled & { readonly units: readonly UnitStands[] };

export type QueueStands = {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  /** Of those that are kept. */
  readonly failed: number;
  readonly paused: boolean;
};

/** What Redis holds. */
export type RedisStands = {
  /** The generation that is read. */
  readonly active: GenerationStands | null;
  /** One that is filled to take its place. */
  readonly candidate: (GenerationStands & { readonly approved: boolean }) | null;
  /** The one that was read before, kept to go back to. */
  readonly previous: Filled | null;
  /** Ids of those whose keys are still to be dropped. */
  readonly abandoned: readonly string[];
  readonly queue: QueueStands;
};

const silent = { warn: () => undefined, info: () => undefined };

/** Reads something of Redis, and writes nothing. @throws CommandError where Redis is away or goes away */
export const lookIntoRedis = async <T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = connectRedis(url, silent, { lazyConnect: true, retryStrategy: () => null });
  let fault: unknown;
  redis.on('error', (error) => {
    fault ??= error;
  });
  try {
    await redis.connect();
    return await work(redis);
  } catch (error) {
    throw new CommandError(`Redis cannot be reached (REDIS_URL): ${describeFailure(fault ?? error)}`);
  } finally {
    redis.disconnect();
  }
};

export const lookAtRedis = async (redis: Redis): Promise<RedisStands> => {
  const pointer = await activeGeneration(redis);
  const queue = await lookAtQueue(redis);
  if (pointer === undefined) return { active: null, candidate: null, previous: null, abandoned: [], queue };
  const { generation, projections, log, candidate, previous = null, abandoned } = pointer;
  return {
    active: await lookAtUnits(redis, { generation, projections, log }),
    candidate: candidate ? { ...(await lookAtUnits(redis, candidate)), approved: candidate.approved } : null,
    previous,
    abandoned,
    queue,
  };
};

const lookAtUnits = async (redis: Redis, filled: Filled): Promise<GenerationStands> => {
  const { generation, projections, log } = filled;
  const stands: UnitStands[] = [];
  for (const unit of units) {
    const poison = await readPoison(redis, generation, unit);
    const checkpoint = (await readCheckpoint(redis, generation, unit)) ?? null;
    const { event, position, fault, since } = poison ?? {};
    const isStopped = event !== undefined && position !== undefined && since !== undefined;
    const stoppedAt = isStopped ? { event, position, fault: fault ?? '', since } : null;
    stands.push({ unit, checkpoint, stoppedAt });
  }
  return { generation, projections, log, units: stands };
};

const lookAtQueue = async (redis: Redis): Promise<QueueStands> => {
  const queue = new Queue(jobsQueue.name, {
    connection: redis,
    prefix: jobsQueue.prefix,
    skipMetasUpdate: true,
  });
  // What it meets is met by what is asked of it, too.
  queue.on('error', () => undefined);
  try {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
    const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
    return { waiting, active, delayed, failed, paused: await queue.isPaused() };
  } finally {
    await queue.close();
  }
};
