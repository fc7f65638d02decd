import type { EventStore } from '@carat/event-store';
import { skippedBy } from '@carat/projections';
import { kindOf, shardsOf, type Unit } from '@carat/protocol';
import {
  clearPoison,
  emptyUnit,
  type Generation,
  type RedisClient,
  readPoison,
  type Poison as Seen,
  writePoison,
} from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import type { Poison } from './batches.ts';
import type { BoardStream } from './board-stream.ts';
import type { GenerationKeeper } from './generation-keeper.ts';
import { createHalfFilled } from './half-filled.ts';
import { limits } from './limits.ts';
import type { LogState, LogStream } from './log-stream.ts';
import type { ProjectorMetrics } from './metrics.ts';
import type { Tail } from './tail.ts';
import { createRuns } from './threads/runs.ts';
import type { Threads } from './threads/threads.ts';
import type { Broken, Ended } from './unit-run.ts';
import { createWork, type Work } from './work.ts';

type Dependencies = {
  readonly redis: RedisClient;
  readonly store: EventStore;
  readonly tail: Tail;
  readonly keeper: GenerationKeeper;
  readonly logStream: LogStream;
  readonly boards: BoardStream;
  readonly log: Logger;
  readonly metrics: ProjectorMetrics;
  readonly threads?: Threads | undefined;
};

type UnitState = {
  work: Work | undefined;
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
  const { redis, tail, keeper, logStream, boards, log, metrics } = dependencies;
  const runs = createRuns(dependencies);
  const halfFilled = createHalfFilled(redis);
  const states = new Map<Unit, UnitState>();
  const ending = new AbortController();

  const stateOf = (unit: Unit): UnitState => {
    const state = states.get(unit) ?? newState();
    states.set(unit, state);
    return state;
  };
  /** Forgets units that the generation no longer holds. */
  const trim = ({ units }: Generation): void => {
    if (states.size <= units.length) return;
    for (const [unit, { running }] of states) if (!running && !units.includes(unit)) states.delete(unit);
  };

  /** Undefined for a board that is not defined: the generation will not hold it for long. */
  const workOf = async (
    unit: Unit,
    state: UnitState,
    { generation, units }: Generation,
  ): Promise<Work | undefined> => {
    if (state.work !== undefined && state.generation === generation) return state.work;
    const board = (await boards.state()).get(unit) ?? (await boards.refresh()).get(unit);
    if (kindOf(unit) === 'board' && board === undefined) return undefined;
    state.noted = (await readPoison(redis, generation, unit))?.event;
    state.poison = undefined;
    state.notBefore = 0;
    metrics.poisoned.set({ unit }, 0);
    state.generation = generation;
    const place = { generation, unit, units: units.length };
    state.work = createWork(redis, place, { shards: shardsOf(units), board });
    return state.work;
  };

  /** The retry that an operator waits for, where there is one. */
  const retryOf = async (unit: Unit, { poison, generation }: UnitState): Promise<string | undefined> => {
    if (poison === undefined || generation === undefined) return undefined;
    const seen = await readPoison(redis, generation, unit);
    return seen === undefined || seen.retry === seen.retried ? undefined : (seen.retry ?? undefined);
  };

  const poisoned = async (
    unit: Unit,
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

  const goOn = async (unit: Unit, state: UnitState, event: string, at: Generation): Promise<void> => {
    await clearPoison(redis, at.generation, unit, event);
    log.info({ unit, event }, 'a unit goes on after the event that stopped it');
    state.poison = undefined;
    state.noted = undefined;
    state.notBefore = 0;
    metrics.poisoned.set({ unit }, 0);
  };

  const isHeld = async (unit: Unit, { generation }: Generation): Promise<boolean> => {
    const active = await keeper.current();
    return active?.generation === generation && active.units.includes(unit);
  };

  /**
   * What is half filled begins anew, and so does a board that was lost or torn: nothing else depends on it.
   * Whatever else is broken takes its generation with it. @returns whether to go on at once
   */
  const mend = async (unit: Unit, at: Generation, reason: Broken['reason']): Promise<boolean> => {
    const isBoard = kindOf(unit) === 'board';
    if (isBoard && reason === 'lost') await emptyUnit(redis, at.generation, unit, null);
    else if (reason === 'half_filled' || (isBoard && reason === 'torn')) {
      if (!(await halfFilled.look(at.generation, unit))) return false;
    } else {
      await keeper.replace(at, reason);
      return true;
    }
    log.warn({ unit, reason }, 'a unit is made anew, and nothing but it');
    return true;
  };

  const conclude = async (
    unit: Unit,
    state: UnitState,
    generation: Generation,
    ended: Ended,
    retry: string | undefined,
  ): Promise<boolean> => {
    if (ended.ended === 'ending') return false;
    if (ended.ended === 'poisoned') {
      await poisoned(unit, state, generation, ended.poison, retry);
      return false;
    }
    if (state.noted !== undefined && ended.ended !== 'refused') {
      await goOn(unit, state, state.noted, generation);
    }
    // A board that was retired meanwhile is lost to nobody.
    if (ended.ended === 'broken' && !(await isHeld(unit, generation))) return false;
    if (ended.ended === 'broken' && ended.reason === 'beyond_the_log') {
      const { position } = ended;
      log.error({ unit, position }, 'the log ends before what was applied: acknowledged events are gone');
    }
    if (ended.ended === 'broken') return mend(unit, generation, ended.reason);
    return ended.ended !== 'at_head';
  };

  return {
    /**
     * Brings a unit forward. @returns true where there is more to do at once. Rejects where Redis or the
     * store cannot be reached.
     */
    async run(unit: Unit): Promise<boolean> {
      const state = stateOf(unit);
      state.again = state.running;
      if (state.running) return false;
      state.running = true;
      try {
        const decided = await logStream.state();
        const generation = await keeper.current();
        if (!generation?.units.includes(unit)) return false;
        trim(generation);
        const work = await workOf(unit, state, generation);
        if (work === undefined) return false;
        const retry = await retryOf(unit, state);
        const isEarly = state.decided === decided && performance.now() < state.notBefore;
        if (isEarly && retry === undefined) return false;
        state.decided = decided;
        const skipped = skippedBy(decided.skips, unit);
        const ended = await runs.run(work, { skipped, tail, ending: ending.signal });
        return (await conclude(unit, state, generation, ended, retry)) || state.again;
      } catch (error) {
        metrics.failedRuns.inc({ unit });
        throw error;
      } finally {
        state.running = false;
      }
    },
    /** Ends the runs at hand before they send anything more. */
    end: (): void => ending.abort(),
    /** What stops a unit, if anything does, whichever projector was stopped. Rejects while Redis is away. */
    async poisonOf(unit: Unit): Promise<Seen | undefined> {
      const generation = keeper.last();
      const poison = generation && (await readPoison(redis, generation.generation, unit));
      metrics.poisoned.set({ unit }, poison === undefined ? 0 : 1);
      return poison;
    },
  };
};

export type Units = ReturnType<typeof createUnits>;

const newState = (): UnitState => ({
  work: undefined,
  generation: undefined,
  running: false,
  again: false,
  poison: undefined,
  noted: undefined,
  notBefore: 0,
  decided: undefined,
});
