import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { payoutKeyOf } from '@carat/domain';
import { ProviderError } from '@carat/payout-providers';
import { payoutsQueue } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import { z } from 'zod';
import type { Connections } from '../connections.ts';
import { limits } from '../limits.ts';
import type { Progress, Steps } from './steps.ts';

const jobData = z.object({ creator: z.string(), redemption: z.string() });
export type JobData = z.infer<typeof jobData>;

type Dependencies = {
  readonly connections: Pick<Connections, 'queue' | 'worker'>;
  readonly log: Logger;
  readonly step: Steps;
};

/** A job's id may hold no colon: so it is made from the payout's key. */
const jobIdOf = ({ creator, redemption }: JobData): string =>
  createHash('sha256').update(payoutKeyOf(creator, redemption)).digest('hex');

const optionsOf = (data: JobData) => ({
  jobId: jobIdOf(data),
  attempts: limits.jobAttempts,
  backoff: { type: 'exponential', delay: limits.jobBackoffMs, jitter: 0.5 },
  removeOnComplete: true,
  removeOnFail: { count: limits.keptFailedJobs },
});

/**
 * Brings redemptions forward as jobs, of which any payouts process takes them: one per redemption, at most.
 * A job says nothing but that something may be to do, so losing one, or having it twice, changes nothing.
 * One that failed as often as it may stays visible, and is tried again from time to time.
 */
export const createJobs = ({ connections, log, step }: Dependencies) => {
  const { name, prefix } = payoutsQueue;
  const queue = new Queue<JobData>(name, {
    connection: connections.queue,
    prefix,
    streams: { events: { maxLen: limits.jobEventsKept } },
  });

  const worker = startWorker({ connections, log, step });
  queue.on('error', (error) => log.debug({ err: error }, 'the queue has lost Redis'));

  return {
    /** Adds those that have no job. Rejects while Redis is away. */
    async add(redemptions: readonly JobData[]): Promise<void> {
      await queue.addBulk(
        redemptions.map(({ creator, redemption }) => {
          const data = { creator, redemption };
          return { name: 'bring forward', data, opts: optionsOf(data) };
        }),
      );
    },
    /** How many came to a dead end. Rejects while Redis is away. */
    countDeadEnds: (): Promise<number> => queue.getFailedCount(),
    /**
     * Tries those again that came to a dead end a while ago, oldest first, and drops those of redemptions
     * that are at their end meanwhile.
     */
    async retryDeadEnds(isOpen: (data: JobData) => boolean): Promise<void> {
      const oldest = await queue.getJobs(['failed'], 0, limits.deadEndsAtOnce - 1, true);
      for (const job of oldest) {
        // One that cannot be retried holds no other up.
        await retry(job, isOpen).catch((error: unknown) =>
          log.warn({ err: error, ...job.data }, 'a dead end could not be tried again'),
        );
      }
    },
    /** Ends the steps at hand. Waits a bounded time: while Redis is away, no worker ends by itself. */
    closeWorker: (): Promise<void> => closeInTime(worker),
    closeQueue: (): Promise<void> => queue.close(),
  };
};

const startWorker = ({ connections, log, step }: Dependencies): Worker<JobData> => {
  const takeSteps = async ({ creator, redemption }: JobData): Promise<Progress> => {
    for (let taken = 0; taken < limits.stepsPerJob; taken++) {
      const progress = await step(creator, redemption);
      if (progress !== 'again') return progress;
    }
    return { againAfterMs: limits.minLookMs };
  };

  const worker = new Worker<JobData>(
    payoutsQueue.name,
    async (job, token) => {
      const progress = await takeSteps(jobData.parse(job.data)).catch(waitAsAsked);
      if (typeof progress === 'string') return;
      await job.moveToDelayed(Date.now() + progress.againAfterMs, token);
      throw new DelayedError();
    },
    {
      connection: connections.worker,
      prefix: payoutsQueue.prefix,
      concurrency: limits.jobsAtOnce,
      drainDelay: limits.jobsLookMs / 1_000,
      lockDuration: limits.lockMs,
      stalledInterval: limits.stalledCheckMs,
      maxStalledCount: limits.maxStalledCount,
    },
  );
  worker.on('error', (error) => log.debug({ err: error }, 'the worker has lost Redis'));
  worker.on('failed', (job, error) =>
    log.warn({ err: error, ...job?.data, attempt: job?.attemptsMade }, 'a step of a payout failed'),
  );
  return worker;
};

const closeInTime = async (worker: Worker): Promise<void> => {
  const late = new AbortController();
  const closed = worker.close().finally(() => late.abort());
  const giveUp = wait(limits.closeWorkerMs, undefined, { signal: late.signal }).then(
    () => void worker.disconnect().catch(() => undefined),
    () => undefined,
  );
  await Promise.race([closed, giveUp]);
};

/** A provider that says how long to wait is asked again then, which is no failed attempt. */
const waitAsAsked = (error: unknown): Progress => {
  if (!(error instanceof ProviderError) || error.retryAfterMs === undefined) throw error;
  return { againAfterMs: Math.min(limits.maxRetryAfterMs, error.retryAfterMs) };
};

const retry = async (job: Job<JobData>, isOpen: (data: JobData) => boolean): Promise<void> => {
  if (!isOpen(job.data)) await job.remove();
  else if (Date.now() - (job.finishedOn ?? 0) >= limits.deadEndRetryMs) await job.retry('failed');
};

export type Jobs = ReturnType<typeof createJobs>;
