import { setTimeout as wait } from 'node:timers/promises';
import { comparePositions, type EventStore, type Position } from '@carat/event-store';
import { projectionsVersion } from '@carat/projections';
import { kindOf, shardsOf, skipNameOf, type Unit } from '@carat/protocol';
import {
  abandonCandidate,
  activeGeneration,
  type Candidate,
  CannotCompare,
  type Checkpoint,
  compareUnits,
  type Difference,
  type Filled,
  type Generation,
  holdBoards,
  type RedisClient,
  readCheckpoint,
  switchToCandidate,
} from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import type { BoardStream } from '../board-stream.ts';
import type { Lease } from '../lease.ts';
import { limits } from '../limits.ts';
import type { LogStream } from '../log-stream.ts';
import type { ProjectorMetrics } from '../metrics.ts';
import type { Threads } from '../threads/threads.ts';
import { createFilling, type Filling, FillingBroken, FillingStopped } from './filling.ts';
import { createProgress, type Progress } from './progress.ts';

type Dependencies = {
  readonly redis: RedisClient;
  readonly store: EventStore;
  readonly logStream: LogStream;
  readonly boards: BoardStream;
  readonly lease: Lease;
  readonly log: Logger;
  readonly metrics: ProjectorMetrics;
  readonly threads?: Threads | undefined;
};

/** The rebuild is somebody else's by now, or is wanted no more. */
class Superseded extends Error {}

type Pointer = Generation & { readonly candidate: Candidate };

type Rebuild = {
  /** What the pointer said when it was last looked at: the boards that are kept may change meanwhile. */
  readonly pointer: () => Pointer;
  /** Looks again. @throws Superseded */
  readonly look: () => Promise<Pointer>;
  readonly filling: Filling;
  readonly progress: Progress;
};

const positionOf = (checkpoint: Checkpoint | undefined): Position | undefined =>
  (checkpoint?.position ?? undefined) as Position | undefined;

/**
 * Fills a candidate generation beside the one that is read, compares the two, and puts the candidate in its
 * place as soon as it is approved and not behind. Everything it knows is in Redis: whoever does this may be
 * killed at any moment, and the next one goes on.
 */
export const startRebuilder = (dependencies: Dependencies) => {
  const { redis, store, boards, lease, log, metrics } = dependencies;
  const ending = new AbortController();

  /** The pointer, while it still names this candidate, which then holds the boards that are defined. */
  const stillWanted = async (candidate: string): Promise<Pointer> => {
    const active = await activeGeneration(redis);
    const wanted = [...(await boards.refresh()).keys()];
    const held = active && (await holdBoards(redis, active, wanted, projectionsVersion));
    if (held?.candidate?.generation !== candidate) throw new Superseded('another generation is active');
    return { ...held, candidate: held.candidate };
  };

  const begin = (found: Pointer): Rebuild => {
    const { generation } = found.candidate;
    let pointer = found;
    const look = async (): Promise<Pointer> => {
      pointer = await stillWanted(generation);
      return pointer;
    };
    const units = (): readonly Unit[] => pointer.candidate.units;
    const progress = createProgress({ redis, store }, { generation, replaces: found.generation });
    const onStep = async (): Promise<void> => {
      ending.signal.throwIfAborted();
      const stands = async () => ({
        position: (await slowestOf(filling, units())) ?? null,
        events: filling.looked(),
      });
      if (!(await progress.sayInTime(stands))) return;
      if (!(await lease.hold())) throw new Superseded('another process rebuilds');
      await look();
    };
    const holds = async (unit: Unit): Promise<boolean> => (await look()).candidate.units.includes(unit);
    const filling: Filling = createFilling({ ...dependencies, generation, units, holds, onStep });
    return { pointer: () => pointer, look, filling, progress };
  };

  /**
   * Where the generation that is read stands; undefined while it is made anew itself. A board that is still
   * being filled stands nowhere.
   */
  const liveCheckpoints = async ({ generation, units }: Filled) => {
    const found = new Map<Unit, Checkpoint>();
    for (const unit of units) {
      const checkpoint = await readCheckpoint(redis, generation, unit);
      const isWhole = checkpoint?.complete && !checkpoint.torn;
      if (isWhole) found.set(unit, checkpoint);
      else if (kindOf(unit) !== 'board') return undefined;
    }
    return found;
  };

  /** Brings the candidate to where the generation that is read stands, again until it hardly moves away. */
  const fill = async ({ pointer, filling }: Rebuild): Promise<boolean> => {
    for (let looked = -1; filling.looked() !== looked; ) {
      looked = filling.looked();
      const live = await liveCheckpoints(pointer());
      await filling.bringAll((unit) => positionOf(live?.get(unit)));
      if (live === undefined) return false;
      if (filling.looked() - looked < limits.tailEvents) return true;
    }
    return true;
  };

  const compare = async ({ pointer, look, filling, progress }: Rebuild): Promise<void> => {
    const active = pointer();
    const { candidate } = active;
    await progress.enter('comparing', otherShards(active));
    await progress.report.beginDifferences();
    let found: Difference[] = [];
    let count = 0;
    const send = async (): Promise<void> => {
      await progress.report.addDifferences(found);
      found = [];
      progress.count(count);
    };
    const compareUnit = async (unit: Unit): Promise<void> => {
      const align = (place: Checkpoint): Promise<void> => filling.bring(unit, positionOf(place));
      const differences = compareUnits({
        redis,
        unit,
        live: active.generation,
        rebuilt: candidate.generation,
        align,
      });
      for await (const difference of differences) {
        count += 1;
        found.push(difference);
        if (found.length >= limits.differencesAtOnce) await send();
      }
    };
    const live = await liveCheckpoints(active);
    let cannot: CannotCompare | undefined;
    for (const unit of comparableUnits(active)) {
      if (live !== undefined && !live.has(unit)) continue;
      try {
        await compareUnit(unit);
      } catch (error) {
        if (!(error instanceof CannotCompare)) throw error;
        // A board that was retired meanwhile is missed by nobody; the others are compared in any case.
        if (comparableUnits(await look()).includes(unit)) cannot ??= error;
      }
    }
    await send();
    if (cannot) throw cannot;
  };

  /** Compares where that can be done. */
  const compareIfPossible = async (rebuild: Rebuild, canCompare: boolean): Promise<void> => {
    const { progress } = rebuild;
    if (!canCompare) return progress.enter('comparing', 'the numbers that are read now are incomplete');
    try {
      await compare(rebuild);
    } catch (error) {
      if (!(error instanceof CannotCompare)) throw error;
      await progress.enter('comparing', error.message);
    }
  };

  /** Follows the log until somebody approves. */
  const awaitApproval = async ({ look, filling, progress }: Rebuild): Promise<void> => {
    if ((await look()).candidate.approved) return;
    await progress.enter('ready');
    for (let now = await look(); !now.candidate.approved; now = await look()) {
      const live = await liveCheckpoints(now);
      await filling.bringAll((unit) => positionOf(live?.get(unit)));
      await wait(limits.rebuildLookMs, undefined, { signal: ending.signal });
    }
  };

  /** Whether a unit of the candidate has not come to where anything that it takes the place of stands. */
  const isBehind = async ({ pointer, filling }: Rebuild): Promise<boolean> => {
    const { generation, units, candidate } = pointer();
    const live = new Map<string, Position>();
    for (const unit of units) {
      const at = positionOf(await readCheckpoint(redis, generation, unit));
      const name = skipNameOf(unit);
      const furthest = live.get(name);
      const isFurther = at && (furthest === undefined || comparePositions(at, furthest) > 0);
      if (isFurther) live.set(name, at);
    }
    for (const unit of candidate.units) {
      const own = await filling.checkpoint(unit);
      const [at, there] = [positionOf(own), live.get(skipNameOf(unit))];
      if (!own?.complete) return true;
      if (there !== undefined && (at === undefined || comparePositions(at, there) < 0)) return true;
    }
    return false;
  };

  const takeItsPlace = async (rebuild: Rebuild): Promise<void> => {
    const { pointer, look, filling, progress } = rebuild;
    do {
      await look();
      await filling.bringAll(() => undefined);
    } while (await isBehind(rebuild));
    const { generation: previous, candidate } = pointer();
    // What was looked at is what is switched: where the pointer is another by now, it stays.
    const defined = [...(await boards.state()).keys()];
    const switched = await switchToCandidate(redis, pointer(), defined);
    if (switched?.generation !== candidate.generation) throw new Superseded('the pointer was changed');
    metrics.generations.inc({ reason: 'rebuilt' });
    log.warn({ generation: candidate.generation, previous }, 'generations switched');
    await progress.enter('switched');
  };

  const rebuild = async (found: Pointer): Promise<void> => {
    const all = begin(found);
    try {
      await all.progress.enter('filling');
      await compareIfPossible(all, await fill(all));
      await awaitApproval(all);
      await takeItsPlace(all);
    } catch (error) {
      if (error instanceof FillingStopped) {
        await all.progress.enter('stopped', error.message);
        await wait(limits.poisonRetryMs, undefined, { signal: ending.signal });
      } else if (error instanceof FillingBroken) {
        await abandonCandidate(redis, await all.look());
        await all.progress.enter('failed', error.message);
      } else throw error;
    }
  };

  const look = async (): Promise<void> => {
    const active = await activeGeneration(redis);
    const candidate = active?.candidate;
    if (candidate?.projections !== projectionsVersion) return;
    if (await lease.hold()) await rebuild(await stillWanted(candidate.generation));
  };

  const running = (async () => {
    while (!ending.signal.aborted) {
      await look().catch((error: unknown) => {
        if (ending.signal.aborted || error instanceof Superseded) return;
        log.warn({ err: error }, 'a rebuild broke off and will go on');
      });
      await wait(limits.rebuildLookMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();

  return {
    async stop(): Promise<void> {
      ending.abort();
      await running;
      await lease.release();
    },
  };
};

const isOfCreators = (unit: Unit): boolean => kindOf(unit) === 'creators';

/** Units that hold the same in both generations. */
const comparableUnits = ({ units, candidate }: Pointer): Unit[] =>
  candidate.units.filter(
    (unit) => units.includes(unit) && (!isOfCreators(unit) || shardsOf(units) === shardsOf(candidate.units)),
  );

/** Why the numbers of creators are not compared, where they are not. */
const otherShards = ({ units, candidate }: Pointer): string | null => {
  const [now, then] = [shardsOf(units), shardsOf(candidate.units)];
  if (now === then) return null;
  return `creators are not compared: they lie in ${then} shard${then === 1 ? '' : 's'} instead of ${now}`;
};

/** The place of the unit that has come least far. */
const slowestOf = async (filling: Filling, units: readonly Unit[]): Promise<Position | undefined> => {
  const places = await Promise.all(units.map(async (unit) => positionOf(await filling.checkpoint(unit))));
  if (places.some((place) => place === undefined)) return undefined;
  return places.toSorted((a, b) => comparePositions(a!, b!))[0];
};
