import { once } from 'node:events';
import type { EventStore } from '@carat/event-store';
import type { Unit } from '@carat/protocol';
import type { CloseStep, Logger } from '@carat/service-kit';
import { createBoardStream } from './board-stream.ts';
import { connect } from './connections.ts';
import { followLog } from './follower.ts';
import { createGenerationKeeper } from './generation-keeper.ts';
import { createJobs } from './jobs.ts';
import { createLease, leaseKeys } from './lease.ts';
import { limits } from './limits.ts';
import { createLogStream, ensureLog } from './log-stream.ts';
import type { ProjectorMetrics } from './metrics.ts';
import { startRebuilder } from './rebuilding/rebuilder.ts';
import { createSweep } from './sweep.ts';
import { createTail } from './tail.ts';
import { createThreads, type ThreadBounds } from './threads/threads.ts';
import { createUnits } from './units.ts';
import { startWatchdog } from './watchdog.ts';

type Dependencies = {
  readonly store: EventStore;
  /** By which threads open the store for themselves; without it everything is done in one. */
  readonly eventStore?: string;
  readonly redisUrl: string;
  readonly log: Logger;
  readonly metrics: ProjectorMetrics;
  /** Over how many shards a generation that begins spreads its creators. */
  readonly shards?: number;
  readonly threadBounds?: ThreadBounds;
};

/**
 * A projector at work: it keeps the read models in Redis at the head of the log, whatever happens to Redis.
 */
export const startProjector = async (dependencies: Dependencies) => {
  const { store, eventStore, redisUrl, log, metrics, shards = 1 } = dependencies;
  await ensureLog(store);
  const connections = connect(redisUrl, log);
  const redis = connections.data;
  // Nothing waits for a Redis that is away; one that is there need not be waited for by the watchdog.
  await once(redis, 'ready').catch(() => undefined);
  await connections.settled();
  const logStream = createLogStream(store);
  const tail = createTail(store, { maxEvents: limits.tailEvents });
  const boards = createBoardStream(store, log);
  const keeper = createGenerationKeeper({ redis, logStream, boards, shards, log, metrics });
  const threads =
    eventStore === undefined
      ? undefined
      : createThreads({ eventStore, redisUrl }, metrics, dependencies.threadBounds);
  const units = createUnits({ redis, store, tail, keeper, logStream, boards, log, metrics, threads });
  const jobs = createJobs({ connections, log, run: units.run });
  const wake = async (unit: Unit): Promise<void> => {
    const generation = keeper.last() ?? (await keeper.current());
    if (generation) await jobs.wake(generation.generation, unit);
  };
  const follower = followLog(store, () => keeper.last()?.units ?? [], wake);
  const sweepLease = createLease(redis, leaseKeys.sweeping, limits.sweepLeaseMs);
  const sweep = createSweep({ redis, lease: sweepLease, log });
  const watchdog = startWatchdog({ redis, store, keeper, logStream, boards, jobs, sweep, log, metrics });
  const lease = createLease(redis, leaseKeys.rebuilding, limits.rebuildLeaseMs);
  const rebuilder = startRebuilder({ redis, store, logStream, boards, lease, log, metrics, threads });

  const close: readonly CloseStep[] = [
    ['follower', () => follower.stop()],
    ['watchdog', () => watchdog.stop()],
    ['rebuilder', () => rebuilder.stop()],
    [
      'worker',
      () => {
        units.end();
        return jobs.closeWorker();
      },
    ],
    ['threads', () => threads?.close()],
    ['queue', () => jobs.closeQueue()],
    ['redis', () => connections.close()],
  ];
  return { redis, tail, units, watchdog, generation: keeper.last, close };
};

export type Projector = Awaited<ReturnType<typeof startProjector>>;
