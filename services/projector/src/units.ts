import type { EventStore } from '@carat/event-store';
import { type UnitName, unitNames } from '@carat/projections';
import { createWriter, type Generation, type Writer } from '@carat/read-models';
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
  poison: Poison | undefined;
  /**
   * Not tried again before, on the process's own monotonic clock, unless operators decide something
   * meanwhile.
   */
  notBefore: number;
  decided: LogState | undefined;
};

/** The units as this process works on them; each run looks anew where its unit stands. */
export const createUnits = (dependencies: Dependencies) => {
  const { redis, keeper, logStream, log, metrics } = dependencies;
  const states = new Map<UnitName, UnitState>(unitNames.map((unit) => [unit, newState()]));

  const writerOf = (unit: UnitName, state: UnitState, { generation }: Generation): Writer => {
    if (state.writer === undefined || state.generation !== generation) {
      state.writer = createWriter(redis, generation, unit);
      state.generation = generation;
    }
    return state.writer;
  };

  const poisoned = (unit: UnitName, state: UnitState, poison: Poison): void => {
    if (state.poison?.event !== poison.event) {
      log.error({ unit, ...poison }, 'a unit is stopped by an event that it cannot take');
    }
    state.poison = poison;
    state.notBefore = performance.now() + limits.poisonRetryMs;
    metrics.poisoned.set({ unit }, 1);
  };

  const conclude = async (
    unit: UnitName,
    state: UnitState,
    generation: Generation,
    ended: Ended,
  ): Promise<boolean> => {
    if (ended.ended === 'poisoned') {
      poisoned(unit, state, ended.poison);
      return false;
    }
    if (state.poison !== undefined && ended.ended !== 'refused') {
      log.info({ unit, event: state.poison.event }, 'a unit goes on after the event that stopped it');
      state.poison = undefined;
      state.notBefore = 0;
      metrics.poisoned.set({ unit }, 0);
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
        if (state.decided === decided && performance.now() < state.notBefore) return false;
        state.decided = decided;
        const generation = await keeper.current();
        if (generation === undefined) return false;
        const writer = writerOf(unit, state, generation);
        const ended = await runUnit({ ...dependencies, unit, writer, skips: decided.skips });
        return (await conclude(unit, state, generation, ended)) || state.again;
      } catch (error) {
        metrics.failedRuns.inc({ unit });
        throw error;
      } finally {
        state.running = false;
      }
    },
    /** What stops a unit, if anything does. */
    poisonOf: (unit: UnitName): Poison | undefined => states.get(unit)?.poison,
  };
};

export type Units = ReturnType<typeof createUnits>;

const newState = (): UnitState => ({
  writer: undefined,
  generation: undefined,
  running: false,
  again: false,
  poison: undefined,
  notBefore: 0,
  decided: undefined,
});
