import type { EventStore } from '@carat/event-store';
import { type UnitName, unitNames } from '@carat/projections';
import {
  clearPoison,
  createWriter,
  type Generation,
  readPoison,
  type Poison as Seen,
  type Writer,
  writePoison,
} from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import type { Redis } from 'ioredis';
import type { Poison } from './batches.ts';
import type { GenerationKeeper } from './generation-keeper.ts';
import { limits } from './limits.ts';
import type { LogState, LogStream } from './log-stream.ts';
import type { ProjectorMetrics } from './metrics.ts';
import type { Tail } from './tail.ts';
import { type Ended, runUnit } from './unit-run.ts';

type Dependencies = {
  readonly redis: Redis;
  readonly store: EventStore;
  readonly tail: Tail;
  readonly keeper: GenerationKeeper;
  readonly logStream: LogStream;
  readonly log: Logger;
  readonly metrics: ProjectorMetrics;
};

type UnitState = {
  writer: Writer | undefined;
  generation: string | undefined;
  running: boolean;
  /** It was asked for once more while it was running. */
  again: boolean;
  /** What this process was stopped by. */
  poison: Poison | undefined;
  /** The event that the unit is known to be noted as stopped at, by this process or another. */
  noted: string | undefined;
  /**
   * Not tried again before, on the process's own monotonic clock, unless operators decide something, or ask
   * for it, meanwhile.
   */
  notBefore: number;
  decided: LogState | undefined;
};

/** The units as this process works on them; each run looks anew where its unit stands. */
export const createUnits = (dependencies: Dependencies) => {
  const { redis, keeper, logStream, log, metrics } = dependencies;
  const states = new Map<UnitName, UnitState>(unitNames.map((unit) => [unit, newState()]));

  const writerOf = async (unit: UnitName, state: UnitState, { generation }: Generation): Promise<Writer> => {
    if (state.writer !== undefined && state.generation === generation) return state.writer;
    state.noted = (await readPoison(redis, generation, unit))?.event;
    state.poison = undefined;
    state.notBefore = 0;
    metrics.poisoned.set({ unit }, 0);
    state.generation = generation;
    state.writer = createWriter(redis, generation, unit);
    return state.writer;
  };

  /** The retry that an operator waits for, where there is one. */
  const retryOf = async (unit: UnitName, { poison, generation }: UnitState): Promise<string | undefined> => {
    if (poison === undefined || generation === undefined) return undefined;
    const seen = await readPoison(redis, generation, unit);
    return seen === undefined || seen.retry === seen.retried ? undefined : (seen.retry ?? undefined);
  };

  const poisoned = async (
    unit: UnitName,
    state: UnitState,
    { generation }: Generation,
    poison: Poison,
    retry: string | undefined,
  ): Promise<void> => {
    await writePoison(redis, generation, unit, poison, retry);
    if (state.poison?.event !== poison.event) {
      log.error({ unit, ...poison }, 'a unit is stopped by an event that it cannot take');
    }
    state.poison = poison;
    state.noted = poison.event;
    state.notBefore = performance.now() + limits.poisonRetryMs;
    metrics.poisoned.set({ unit }, 1);
  };

  const goOn = async (unit: UnitName, state: UnitState, event: string, at: Generation): Promise<void> => {
    await clearPoison(redis, at.generation, unit, event);
    log.info({ unit, event }, 'a unit goes on after the event that stopped it');
    state.poison = undefined;
    state.noted = undefined;
    state.notBefore = 0;
    metrics.poisoned.set({ unit }, 0);
  };

  const conclude = async (
    unit: UnitName,
    state: UnitState,
    generation: Generation,
    ended: Ended,
    retry: string | undefined,
  ): Promise<boolean> => {
    if (ended.ended === 'poisoned') {
      await poisoned(unit, state, generation, ended.poison, retry);
      return false;
    }
    if (state.noted !== undefined && ended.ended !== 'refused') {
      await goOn(unit, state, state.noted, generation);
    }
    if (ended.ended === 'broken' && ended.reason === 'beyond_the_log') {
      const { position } = ended;
      log.error({ unit, position }, 'the log ends before what was applied: acknowledged events are gone');
    }
    if (ended.ended === 'broken') await keeper.replace(generation, ended.reason);
    return ended.ended !== 'at_head';
  };

  return {
    /**
     * Brings a unit forward. @returns true where there is more to do at once. Rejects where Redis or the
     * store cannot be reached.
     */
    async run(unit: UnitName): Promise<boolean> {
      const state = states.get(unit)!;
      state.again = state.running;
      if (state.running) return false;
      state.running = true;
      try {
        const decided = await logStream.state();
        const generation = await keeper.current();
        if (generation === undefined) return false;
        const writer = await writerOf(unit, state, generation);
        const retry = await retryOf(unit, state);
        const isEarly = state.decided === decided && performance.now() < state.notBefore;
        if (isEarly && retry === undefined) return false;
        state.decided = decided;
        const ended = await runUnit({ ...dependencies, unit, writer, skips: decided.skips });
        return (await conclude(unit, state, generation, ended, retry)) || state.again;
      } catch (error) {
        metrics.failedRuns.inc({ unit });
        throw error;
      } finally {
        state.running = false;
      }
    },
    /** What stops a unit, if anything does, whichever projector was stopped. Rejects while Redis is away. */
    async poisonOf(unit: UnitName): Promise<Seen | undefined> {
      const generation = keeper.last();
      const poison = generation && (await readPoison(redis, generation.generation, unit));
      metrics.poisoned.set({ unit }, poison === undefined ? 0 : 1);
      return poison;
    },
  };
};

export type Units = ReturnType<typeof createUnits>;

const newState = (): UnitState => ({
  writer: undefined,
  generation: undefined,
  running: false,
  again: false,
  poison: undefined,
  noted: undefined,
  notBefore: 0,
  decided: undefined,
});
