import type { http } from '@carat/protocol';
import type { RedisClient } from './connection.ts';
import { activeGeneration, type Filled } from './generations.ts';
import type { Unit } from './keys.ts';
import { readPoison } from './poison.ts';
import { readCheckpoint } from './questions.ts';

/** What of a queue is asked here; BullMQ's queues answer it. */
type Jobs = {
  getJobCounts(...types: ('waiting' | 'active' | 'delayed' | 'failed')[]): Promise<Record<string, number>>;
  isPaused(): Promise<boolean>;
};

const nothing = { active: null, candidate: null, previous: null, abandoned: [], retired: [] };

/** What Redis holds: the generations, where their units stand, and the queue of wake-ups. Writes nothing. */
export const lookAtStands = async (redis: RedisClient, jobs: Jobs): Promise<http.RedisStands> => {
  const pointer = await activeGeneration(redis);
  const queue = await lookAtQueue(jobs);
  if (pointer === undefined) return { ...nothing, queue };
  const { candidate, previous, abandoned, retired = [] } = pointer;
  return {
    active: await lookAtUnits(redis, pointer),
    candidate: candidate ? { ...(await lookAtUnits(redis, candidate)), approved: candidate.approved } : null,
    previous: previous ? { ...previous, units: [...previous.units] } : null,
    abandoned: [...abandoned],
    retired: [...retired],
    queue,
  };
};

const lookAtUnits = async (redis: RedisClient, filled: Filled): Promise<http.GenerationStands> => {
  const { generation, projections, log } = filled;
  const units: http.UnitStands[] = [];
  for (const unit of filled.units) units.push(await lookAtUnit(redis, generation, unit));
  return { generation, projections, log, units };
};

const lookAtUnit = async (redis: RedisClient, generation: string, unit: Unit): Promise<http.UnitStands> => {
  const poison = await readPoison(redis, generation, unit);
  const checkpoint = (await readCheckpoint(redis, generation, unit)) ?? null;
  const { event, position, fault, since } = poison ?? {};
  const isStopped = event !== undefined && position !== undefined && since !== undefined;
  return { unit, checkpoint, stoppedAt: isStopped ? { event, position, fault: fault ?? '', since } : null };
};

const lookAtQueue = async (jobs: Jobs): Promise<http.QueueStands> => {
  const counts = await jobs.getJobCounts('waiting', 'active', 'delayed', 'failed');
  const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
  return { waiting, active, delayed, failed, paused: await jobs.isPaused() };
};
