import { setTimeout as wait } from 'node:timers/promises';
import { kindOf, parseUnit, type Unit } from '@carat/protocol';
import { jobsQueue } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import { Queue, Worker } from 'bullmq';
import type { Connections } from './connections.ts';
import { limits } from './limits.ts';

type Dependencies = {
  readonly connections: Pick<Connections, 'queue' | 'worker'>;
  readonly log: Logger;
  /** Brings a unit forward; true where there is more to do at once. */
  readonly run: (unit: Unit) => Promise<boolean>;
};

/**
 * Wake-ups of units as jobs, of which any projector takes them: of each unit and generation one runs and one
 * waits, at most. A job says nothing but that there may be more, so losing one loses nothing.
 */
export const createJobs = ({ connections, log, run }: Dependencies) => {
  const ending = new AbortController();
  const queue = new Queue(jobsQueue.name, {
    connection: connections.queue,
    prefix: jobsQueue.prefix,
    streams: { events: { maxLen: limits.jobEventsKept } },
  });

  const dedupId = (generation: string, unit: Unit): string => `${generation}:${unit}`;
  const wake = async (generation: string, unit: Unit): Promise<void> => {
    await queue.add(
      unit,
      { generation },
      {
        deduplication: { id: dedupId(generation, unit), keepLastIfActive: true },
        removeOnComplete: true,
        removeOnFail: { count: limits.keptFailedJobs },
      },
    );
  };

  const worker = new Worker<{ generation: string }>(
    jobsQueue.name,
    async (job) => {
      const unit = parseUnit(job.name);
      if (unit === undefined) return;
      const began = performance.now();
      const more = await run(unit);
      const rest = limits.minRunMs[kindOf(unit)] - (performance.now() - began);
      if (!more && rest > 0) await wait(rest, undefined, { signal: ending.signal }).catch(() => undefined);
      if (more && !ending.signal.aborted) await wake(job.data.generation, unit);
    },
    {
      connection: connections.worker,
      prefix: jobsQueue.prefix,
      concurrency: limits.jobsAtOnce,
      drainDelay: limits.jobsLookMs / 1_000,
      lockDuration: limits.lockMs,
      stalledInterval: limits.stalledCheckMs,
      maxStalledCount: limits.maxStalledCount,
    },
  );
  queue.on('error', (error) => log.debug({ err: error }, 'the queue has lost Redis'));
  worker.on('error', (error) => log.debug({ err: error }, 'the worker has lost Redis'));
  worker.on('failed', (job, error) => log.warn({ err: error, unit: job?.name }, 'a run of a unit broke off'));

  return {
    /** Rejects while Redis is away. */
    wake,
    /**
     * Takes a job out of the way that was lost without a trace, or whose worker may have died. One that waits
     * is not lost: where nobody takes it, as the queue is paused, nobody would take another one either.
     */
    unstick: async (generation: string, unit: Unit): Promise<void> => {
      const id = dedupId(generation, unit);
      const job = await queue.getDeduplicationJobId(id);
      if (job === null || (await queue.getJobState(job)) === 'waiting') return;
      await queue.removeDeduplicationKey(id);
    },
    /**
     * Ends the runs at hand. Waits for them a bounded time: while Redis is away, no worker ends by itself.
     */
    async closeWorker(): Promise<void> {
      ending.abort();
      const late = new AbortController();
      const closed = worker.close().finally(() => late.abort());
      const giveUp = wait(limits.closeWorkerMs, undefined, { signal: late.signal }).then(
        () => void worker.disconnect().catch(() => undefined),
        () => undefined,
      );
      await Promise.race([closed, giveUp]);
    },
    closeQueue: (): Promise<void> => queue.close(),
  };
};

export type Jobs = ReturnType<typeof createJobs>;
