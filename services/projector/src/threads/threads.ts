import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { limits } from '../limits.ts';
import { count, type RunMetrics } from '../run-metrics.ts';
import type { Ended } from '../unit-run.ts';
import type { Assignment, Order, Report, Setting } from './messages.ts';

type Run = {
  readonly onRead: (events: number) => void;
  readonly resolve: (ended: Ended) => void;
  readonly reject: (error: Error) => void;
};

/** How a run is watched: `ending` has it send nothing more, `onRead` hears of every page that it has read. */
export type Watch = {
  readonly ending?: AbortSignal | undefined;
  readonly onRead?: ((events: number) => void) | undefined;
};

/** More threads than cores would only read the log more often. */
const most = Math.max(1, Math.min(limits.fillingThreads, availableParallelism() - 1));

/** How far behind a unit is to be for a thread, in places of the log. */
export type ThreadBounds = { readonly fromEvents?: number | undefined };

/**
 * Threads that fill units from far behind, so that whatever else the process does goes on unhindered. They
 * are begun when they are needed and ended when they are not any more.
 */
export const createThreads = (
  setting: Setting,
  metrics: RunMetrics,
  { fromEvents = limits.threadFromEvents }: ThreadBounds = {},
) => {
  const threads = new Set<Thread>();

  /** Where the unit is filled already, or where there is least to do. */
  const threadFor = (key: string): Thread => {
    const known = [...threads].find((thread) => thread.fills(key));
    if (known !== undefined) return known;
    const [idlest] = [...threads].sort((a, b) => a.load() - b.load());
    const isFree = idlest !== undefined && (idlest.load() === 0 || threads.size >= most);
    if (isFree) return idlest;
    const thread = startThread(setting, metrics, () => threads.delete(thread));
    threads.add(thread);
    return thread;
  };

  return {
    fromEvents,
    /** How many there may be, and are. */
    most,
    count: (): number => threads.size,
    /** Runs a unit in a thread, as `runUnit` does. Rejects also where the thread comes to an end. */
    run: (assignment: Assignment, watch: Watch = {}): Promise<Ended> =>
      threadFor(keyOf(assignment)).run(assignment, watch),
    /** Ends all threads and what they are at. */
    async close(): Promise<void> {
      await Promise.all([...threads].map((thread) => thread.close()));
    },
  };
};

export type Threads = ReturnType<typeof createThreads>;

const keyOf = ({ place: { generation, unit } }: Assignment): string => `${generation} ${unit}`;

/** @param onGone called once it is of no use any more, whatever ended it */
const startThread = (setting: Setting, metrics: RunMetrics, onGone: () => void) => {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: setting,
  });
  const runs = new Map<number, Run>();
  /** Units that are not where they are to go. */
  const filled = new Set<string>();
  let last = 0;
  let idle: NodeJS.Timeout | undefined;
  let failure = new Error('The thread has ended.');

  const tell = (order: Order): void => worker.postMessage(order);
  const close = async (): Promise<void> => {
    onGone();
    clearTimeout(idle);
    const late = setTimeout(() => void worker.terminate(), limits.closeWorkerMs);
    tell({ order: 'close' });
    await gone;
    clearTimeout(late);
  };
  const conclude = (number: number): Run | undefined => {
    const run = runs.get(number);
    runs.delete(number);
    if (runs.size === 0) idle = setTimeout(() => void close(), limits.idleThreadMs);
    return run;
  };

  worker.on('message', (report: Report) => {
    if (report.report === 'read') runs.get(report.run)?.onRead(report.events);
    else if (report.report === 'counted') count(metrics, report.counted);
    else if (report.report === 'ended') conclude(report.run)?.resolve(report.ended);
    else conclude(report.run)?.reject(new Error(report.reason));
  });
  worker.on('error', (error) => {
    failure = error as Error;
  });
  const gone = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      onGone();
      clearTimeout(idle);
      for (const run of runs.values()) run.reject(failure);
      runs.clear();
      resolve();
    });
  });

  return {
    fills: (key: string): boolean => filled.has(key),
    load: (): number => filled.size,
    close,
    async run(assignment: Assignment, { ending, onRead = () => undefined }: Watch): Promise<Ended> {
      if (ending?.aborted) return { ended: 'ending' };
      clearTimeout(idle);
      const number = ++last;
      const key = keyOf(assignment);
      filled.add(key);
      const end = (): void => tell({ order: 'end', run: number });
      ending?.addEventListener('abort', end, { once: true });
      try {
        const ended = await new Promise<Ended>((resolve, reject) => {
          runs.set(number, { onRead, resolve, reject });
          tell({ order: 'begin', run: number, assignment });
        });
        if (ended.ended !== 'more') filled.delete(key);
        return ended;
      } catch (error) {
        filled.delete(key);
        throw error;
      } finally {
        ending?.removeEventListener('abort', end);
      }
    },
  };
};

type Thread = ReturnType<typeof startThread>;
