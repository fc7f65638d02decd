import {
  comparePositions,
  type EventStore,
  EventStoreError,
  type LogEnd,
  type Position,
} from '@carat/event-store';
import { kindOf, type Unit } from '@carat/protocol';
import {
  type Checkpoint,
  type Generation,
  type RedisClient,
  readCheckpoint,
  repeatPlace,
} from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import type { BoardStream } from './board-stream.ts';
import { type Pace, paceOf, type Stood } from './filling-pace.ts';
import type { GenerationKeeper } from './generation-keeper.ts';
import type { Jobs } from './jobs.ts';
import { limits } from './limits.ts';
import type { LogStream } from './log-stream.ts';
import type { ProjectorMetrics } from './metrics.ts';
import type { Sweep } from './sweep.ts';

type Dependencies = {
  readonly redis: RedisClient;
  readonly store: EventStore;
  readonly keeper: GenerationKeeper;
  readonly logStream: LogStream;
  readonly boards: BoardStream;
  readonly jobs: Jobs;
  readonly sweep: Sweep;
  readonly log: Logger;
  readonly metrics: ProjectorMetrics;
};

/** What the watchdog saw of a unit at its last look. Instants are of the process's own monotonic clock. */
export type Seen = {
  readonly checkpoint: Checkpoint | undefined;
  readonly movedAt: number;
  /** When it last kept up with the log. */
  readonly keptUpAt: number;
  readonly lag: number;
  /** How far it is, while it is filled for the first time. */
  readonly pace: Pace | undefined;
};

const isDamage = (error: unknown): error is EventStoreError =>
  error instanceof EventStoreError && error.code === 'damaged';

/** Anywhere but at the head: before it, or beyond it, where the log is another one by now. */
const isElsewhere = (checkpoint: Checkpoint | undefined, head: LogEnd | undefined): boolean =>
  checkpoint === undefined ||
  checkpoint.torn ||
  !checkpoint.complete ||
  (head !== undefined && (checkpoint.position !== head.position || checkpoint.event !== head.id));

/**
 * Whether a unit has come to where the head was a look ago; under load it is hardly ever at the head itself.
 */
const keepsUp = (checkpoint: Checkpoint | undefined, headBefore: LogEnd | undefined): boolean => {
  if (!checkpoint?.complete) return false;
  const position = checkpoint.position as Position | null;
  return (
    headBefore === undefined || (position !== null && comparePositions(position, headBefore.position) >= 0)
  );
};

/**
 * Twice a second, outside the queue: whoever is behind the log is woken, and freed of a job that was lost;
 * whoever is idle says again where it stands. So no job matters, and nobody misses a message for long.
 */
export const startWatchdog = (dependencies: Dependencies) => {
  const { redis, store, keeper, logStream, boards, jobs, sweep, log, metrics } = dependencies;
  const seen = new Map<Unit, Seen>();
  /** Where each unit stood when it was first seen to be filled, and in which generation. */
  const fillings = new Map<Unit, Stood & { readonly generation: string }>();
  let headBefore: LogEnd | undefined;
  let damage: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();

  const countLag = async (checkpoint: Checkpoint | undefined): Promise<number> => {
    const after = (checkpoint?.position ?? undefined) as Position | undefined;
    try {
      return (await store.readAll({ after, limit: limits.lagEvents })).events.length;
    } catch (error) {
      // Something is there, and damaged: the run of the unit says so.
      if (isDamage(error)) return 1;
      throw error;
    }
  };

  const paceIn = (
    unit: Unit,
    generation: string,
    checkpoint: Checkpoint | undefined,
    head: LogEnd | undefined,
  ): Pace | undefined => {
    if (checkpoint?.complete) {
      fillings.delete(unit);
      return undefined;
    }
    const now = { generation, position: checkpoint?.position ?? null, at: performance.now() };
    const known = fillings.get(unit);
    const first = known?.generation === generation ? known : now;
    fillings.set(unit, first);
    return paceOf(first, now, head?.position ?? null);
  };

  const lookAt = async (unit: Unit, generation: Generation, head: LogEnd | undefined): Promise<void> => {
    const now = performance.now();
    const last = seen.get(unit);
    const checkpoint = await readCheckpoint(redis, generation.generation, unit);
    const elsewhere = isElsewhere(checkpoint, head);
    const moved = checkpoint?.application !== last?.checkpoint?.application;
    const movedAt = moved || last === undefined ? now : last.movedAt;
    const keptUpAt = last === undefined || keepsUp(checkpoint, headBefore) ? now : last.keptUpAt;
    const lag = elsewhere ? await countLag(checkpoint) : 0;
    const pace = paceIn(unit, generation.generation, checkpoint, head);
    seen.set(unit, { checkpoint, movedAt, keptUpAt, lag, pace });
    metrics.lag.set({ unit }, lag);
    metrics.behind.set({ unit }, (now - keptUpAt) / 1000);
    if (elsewhere) {
      // Who has just come cannot know whether the one before died over it: a second run does no harm.
      const stuckMs = checkpoint?.complete ? limits.stuckMs : limits.stuckFillingMs;
      if (last === undefined || now - movedAt >= stuckMs) await jobs.unstick(generation.generation, unit);
      await jobs.wake(generation.generation, unit);
    } else if (!moved && checkpoint && kindOf(unit) === 'creators') {
      await repeatPlace(redis, generation.generation, unit, checkpoint);
    }
  };

  /** Of a board that was retired nothing is said any more. */
  const forget = (unit: Unit): void => {
    seen.delete(unit);
    fillings.delete(unit);
    for (const gauge of [metrics.lag, metrics.behind, metrics.poisoned]) gauge.remove({ unit });
  };

  const look = async (): Promise<void> => {
    await logStream.refresh();
    await boards.refresh();
    const generation = await keeper.current();
    if (generation === undefined) return;
    const head = await store.head();
    for (const unit of generation.units) await lookAt(unit, generation, head);
    for (const unit of seen.keys()) if (!generation.units.includes(unit)) forget(unit);
    headBefore = head;
    sweep.begin(generation);
  };

  const noteFailure = (error: unknown): void => {
    const { message } = error as Error;
    if (isDamage(error) && damage !== message) log.error({ err: error }, 'the log is damaged');
    else log.debug({ err: error }, 'the watchdog could not look');
    damage = isDamage(error) ? message : damage;
  };

  const again = (): void => {
    looking = look().then(() => {
      damage = undefined;
    }, noteFailure);
    void looking.then(() => {
      if (!stopped) timer = setTimeout(again, limits.watchdogMs);
    });
  };
  again();

  return {
    seen: (unit: Unit): Seen | undefined => seen.get(unit),
    /** What of the log is damaged so that nothing can be seen of the units, if anything is. */
    damage: (): string | undefined => damage,
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await looking;
      await sweep.stop();
    },
  };
};

export type Watchdog = ReturnType<typeof startWatchdog>;
