import type { EventStore, Position } from '@carat/event-store';
import { type RedisClient, readCheckpoint } from '@carat/read-models';
import { limits } from '../limits.ts';
import type { RunMetrics } from '../run-metrics.ts';
import type { Tail } from '../tail.ts';
import { type Ended, runUnit } from '../unit-run.ts';
import type { Work } from '../work.ts';
import type { Threads } from './threads.ts';

type Dependencies = {
  readonly redis: RedisClient;
  readonly store: EventStore;
  readonly metrics: RunMetrics;
  /** Undefined where everything is done here. */
  readonly threads?: Threads | undefined;
};

type Run = {
  readonly skipped: ReadonlySet<string>;
  readonly upTo?: Position | undefined;
  /** What a run here reads from. */
  readonly tail: Tail;
  readonly ending?: AbortSignal | undefined;
  /** Hears of every page that is read in a thread. */
  readonly onRead?: (events: number) => void;
  /** Called now and then while a thread is at it; what it throws ends the run. */
  readonly onStep?: () => Promise<void>;
};

/**
 * Runs units where that is best: in a thread as long as a unit is far behind and nobody reads it yet, and
 * else here, where what was read and written last is known.
 */
export const createRuns = ({ redis, store, metrics, threads }: Dependencies) => {
  /** Those that have come near stay near. */
  const near = new WeakSet<Work>();

  const isFar = async (work: Work, { fromEvents }: Threads): Promise<boolean> => {
    if (near.has(work)) return false;
    const { generation, unit } = work.place;
    const checkpoint = await readCheckpoint(redis, generation, unit);
    // Whether somebody is at it, or it has to be mended, is found out here.
    if (checkpoint === undefined || checkpoint.torn) return false;
    const head = await store.head();
    const left = Number(head?.position ?? 0) - Number(checkpoint.position ?? 0);
    if (!checkpoint.complete && left >= fromEvents) return true;
    near.add(work);
    return false;
  };

  const runInThread = async (threads: Threads, work: Work, run: Run): Promise<Ended> => {
    const { place, terms } = work;
    const { skipped, upTo, ending, onRead, onStep = async () => undefined } = run;
    const stopping = new AbortController();
    const stop = (reason: unknown): void => stopping.abort(reason);
    const stepping = setInterval(() => void onStep().catch(stop), limits.rebuildSayMs);
    try {
      const signals = [stopping.signal, ...(ending ? [ending] : [])];
      const watch = { ending: AbortSignal.any(signals), onRead };
      const ended = await threads.run({ place, terms, skipped, upTo }, watch);
      stopping.signal.throwIfAborted();
      return ended;
    } finally {
      clearInterval(stepping);
    }
  };

  return {
    /** Runs a unit as `runUnit` does. */
    run: async (work: Work, run: Run): Promise<Ended> =>
      threads !== undefined && (await isFar(work, threads))
        ? runInThread(threads, work, run)
        : runUnit({ ...work, ...run, store, metrics }),
  };
};

export type Runs = ReturnType<typeof createRuns>;
