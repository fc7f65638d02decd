import { setTimeout as wait } from 'node:timers/promises';
import { comparePositions, type EventStore, type Position } from '@carat/event-store';
import { projectionsVersion, type UnitName, unitNames } from '@carat/projections';
import {
  abandonCandidate,
  activeGeneration,
  type Candidate,
  CannotCompare,
  type Checkpoint,
  compareUnits,
  type Difference,
  type Generation,
  readCheckpoint,
  switchToCandidate,
} from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import type { Redis } from 'ioredis';
import type { Lease } from '../lease.ts';
import { limits } from '../limits.ts';
import type { LogStream } from '../log-stream.ts';
import type { ProjectorMetrics } from '../metrics.ts';
import { createFilling, type Filling, FillingBroken, FillingStopped } from './filling.ts';
import { createProgress, type Progress } from './progress.ts';

type Dependencies = {
  readonly redis: Redis;
  readonly store: EventStore;
  readonly logStream: LogStream;
  readonly lease: Lease;
  readonly log: Logger;
  readonly metrics: ProjectorMetrics;
};

/** The rebuild is somebody else's by now, or is wanted no more. */
class Superseded extends Error {}

type Rebuild = {
  readonly active: Generation;
  readonly candidate: Candidate;
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
  const { redis, store, logStream, lease, log, metrics } = dependencies;
  const ending = new AbortController();

  /** The pointer, while it still names this candidate. */
  const stillWanted = async ({ generation }: Candidate): Promise<Generation> => {
    const active = await activeGeneration(redis);
    if (active?.candidate?.generation !== generation) throw new Superseded('another generation is active');
    return active;
  };

  const begin = (active: Generation, candidate: Candidate): Rebuild => {
    const { generation } = candidate;
    const progress = createProgress({ redis, store }, { generation, replaces: active.generation });
    const onStep = async (): Promise<void> => {
      ending.signal.throwIfAborted();
      const look = async () => ({
        position: (await slowestOf(filling)) ?? null,
        events: filling.looked(),
      });
      if (!(await progress.sayInTime(look))) return;
      if (!(await lease.hold())) throw new Superseded('another process rebuilds');
      await stillWanted(candidate);
    };
    const filling: Filling = createFilling({ redis, store, logStream, metrics, generation, onStep });
    return { active, candidate, filling, progress };
  };

  /** Where the generation that is read stands; undefined while it is made anew itself. */
  const liveCheckpoints = async ({ generation }: Generation) => {
    const found = new Map<UnitName, Checkpoint>();
    for (const unit of unitNames) {
      const checkpoint = await readCheckpoint(redis, generation, unit);
      if (checkpoint === undefined || checkpoint.torn || !checkpoint.complete) return undefined;
      found.set(unit, checkpoint);
    }
    return found;
  };

  /** Brings the candidate to where the generation that is read stands, again until it hardly moves away. */
  const fill = async ({ active, filling }: Rebuild): Promise<boolean> => {
    for (let looked = -1; filling.looked() !== looked; ) {
      looked = filling.looked();
      const live = await liveCheckpoints(active);
      await filling.bringAll((unit) => positionOf(live?.get(unit)));
      if (live === undefined) return false;
      if (filling.looked() - looked < limits.tailEvents) return true;
    }
    return true;
  };

  const compare = async ({ active, candidate, filling, progress }: Rebuild): Promise<void> => {
    await progress.enter('comparing');
    await progress.report.beginDifferences();
    let found: Difference[] = [];
    let count = 0;
    const send = async (): Promise<void> => {
      await progress.report.addDifferences(found);
      found = [];
      progress.count(count);
    };
    for (const unit of unitNames) {
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
    }
    await send();
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
  const awaitApproval = async (rebuild: Rebuild): Promise<void> => {
    const { candidate, filling, progress } = rebuild;
    if ((await stillWanted(candidate)).candidate?.approved) return;
    await progress.enter('ready');
    while (!(await stillWanted(candidate)).candidate?.approved) {
      const live = await liveCheckpoints(rebuild.active);
      await filling.bringAll((unit) => positionOf(live?.get(unit)));
      await wait(limits.rebuildLookMs, undefined, { signal: ending.signal });
    }
  };

  const isBehind = async ({ active, filling }: Rebuild): Promise<boolean> => {
    for (const unit of unitNames) {
      const live = positionOf(await readCheckpoint(redis, active.generation, unit));
      const own = await filling.checkpoint(unit);
      const at = positionOf(own);
      if (!own?.complete) return true;
      if (live !== undefined && (at === undefined || comparePositions(at, live) < 0)) return true;
    }
    return false;
  };

  const takeItsPlace = async (rebuild: Rebuild): Promise<void> => {
    const { candidate, filling, progress } = rebuild;
    do {
      await filling.bringAll(() => undefined);
    } while (await isBehind(rebuild));
    const switched = await switchToCandidate(redis, await stillWanted(candidate));
    if (switched?.generation !== candidate.generation) throw new Superseded('the pointer was changed');
    metrics.generations.inc({ reason: 'rebuilt' });
    log.warn(
      { generation: candidate.generation, previous: rebuild.active.generation },
      'generations switched',
    );
    await progress.enter('switched');
  };

  const rebuild = async (active: Generation, candidate: Candidate): Promise<void> => {
    const all = begin(active, candidate);
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
        await abandonCandidate(redis, await stillWanted(candidate));
        await all.progress.enter('failed', error.message);
      } else throw error;
    }
  };

  const look = async (): Promise<void> => {
    const active = await activeGeneration(redis);
    if (active?.candidate?.projections !== projectionsVersion) return;
    if (await lease.hold()) await rebuild(active, active.candidate);
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

/** The place of the unit that has come least far. */
const slowestOf = async (filling: Filling): Promise<Position | undefined> => {
  const places = await Promise.all(unitNames.map(async (unit) => positionOf(await filling.checkpoint(unit))));
  if (places.some((place) => place === undefined)) return undefined;
  return places.toSorted((a, b) => comparePositions(a!, b!))[0];
};
