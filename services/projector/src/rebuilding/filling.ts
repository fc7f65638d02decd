import { setTimeout as wait } from 'node:timers/promises';
import type { EventStore, Position } from '@carat/event-store';
import { skippedBy } from '@carat/projections';
import { shardsOf, type Unit } from '@carat/protocol';
import { type Checkpoint, type RedisClient, readCheckpoint } from '@carat/read-models';
import type { Poison } from '../batches.ts';
import type { BoardStream } from '../board-stream.ts';
import { createHalfFilled } from '../half-filled.ts';
import { limits } from '../limits.ts';
import type { LogStream } from '../log-stream.ts';
import type { ProjectorMetrics } from '../metrics.ts';
import { createTail, type Tail } from '../tail.ts';
import { createRuns } from '../threads/runs.ts';
import type { Threads } from '../threads/threads.ts';
import { createWork, type Work } from '../work.ts';

/** What cannot be filled on: the generation is worth nothing, and another has to be begun. */
export class FillingBroken extends Error {
  override readonly name = 'FillingBroken';
}

/** An event that cannot be taken is in the way: it has to be mended or skipped. */
export class FillingStopped extends Error {
  override readonly name = 'FillingStopped';
  readonly poison: Poison;
  constructor(unit: Unit, poison: Poison) {
    super(`${unit} stops at event ${poison.event}, position ${poison.position}: ${poison.fault}`);
    this.poison = poison;
  }
}

type Dependencies = {
  readonly redis: RedisClient;
  readonly store: EventStore;
  readonly logStream: LogStream;
  readonly boards: BoardStream;
  readonly metrics: ProjectorMetrics;
  readonly generation: string;
  /** The units that it holds at the moment: boards of operators come and go. */
  readonly units: () => readonly Unit[];
  /** Whether it still holds a unit, asked of Redis. */
  readonly holds: (unit: Unit) => Promise<boolean>;
  /** Where it is filled from far behind; undefined where that is done here too. */
  readonly threads?: Threads | undefined;
  /** Called between any two pages and runs; what it throws ends the filling. */
  readonly onStep: () => Promise<void>;
};

/** What fills one unit. */
type Filler = {
  readonly work: Work;
  readonly tail: Tail;
  /** Events looked at. */
  looked: number;
  /** It was found in the middle of an application, which whoever filled it before did not live to end. */
  wasEmptied: boolean;
};

/**
 * Fills a generation from the log. It has writers and a memory of the log of its own, so that it keeps nobody
 * else's from being of use. Each run goes on from the checkpoint, so it can be broken off anywhere.
 */
export const createFilling = (dependencies: Dependencies) => {
  const { redis, store, logStream, boards, generation, units, holds, onStep } = dependencies;
  const runs = createRuns(dependencies);
  const tail = createTail(store, { maxEvents: limits.rebuildTailEvents });
  const fillers = new Map<Unit, Filler>();
  const halfFilled = createHalfFilled(redis);

  const begin = async (unit: Unit): Promise<Filler> => {
    const [held, board] = [units(), (await boards.state()).get(unit)];
    const place = { generation, unit, units: held.length };
    const filler: Filler = {
      work: createWork(redis, place, { shards: shardsOf(held), board }),
      looked: 0,
      wasEmptied: false,
      tail: {
        ...tail,
        read: async (after, limit) => {
          await onStep();
          const page = await tail.read(after, limit);
          filler.looked += page.entries.length;
          return page;
        },
      },
    };
    fillers.set(unit, filler);
    return filler;
  };

  /** @returns whether the unit is where it was to go */
  const step = async (unit: Unit, upTo: Position | undefined): Promise<boolean> => {
    const filler = fillers.get(unit) ?? (await begin(unit));
    const skipped = skippedBy((await logStream.state()).skips, unit);
    const onRead = (events: number): void => {
      filler.looked += events;
    };
    const ended = await runs.run(filler.work, { skipped, upTo, tail: filler.tail, onRead, onStep });
    if (ended.ended === 'broken') {
      // A board that was retired meanwhile is lost to nobody.
      if (!(await holds(unit))) return true;
      if (ended.reason === 'half_filled' && !filler.wasEmptied) {
        filler.wasEmptied = await halfFilled.look(generation, unit);
        if (!filler.wasEmptied) await wait(limits.rebuildLookMs);
        return false;
      }
      throw new FillingBroken(`${unit} of the generation that is filled is ${ended.reason}`);
    }
    if (ended.ended === 'poisoned') throw new FillingStopped(unit, ended.poison);
    return ended.ended === 'reached' || ended.ended === 'at_head';
  };

  return {
    /** Brings one unit to a place, or to the head of the log. */
    async bring(unit: Unit, upTo: Position | undefined): Promise<void> {
      while (!(await step(unit, upTo))) await onStep();
      await onStep();
    },
    /** Brings all units to places, page by page: what one has read is of use to the others. */
    async bringAll(upTo: (unit: Unit) => Position | undefined): Promise<void> {
      await logStream.refresh();
      let isStopped = false;
      const bring = async (unit: Unit): Promise<void> => {
        try {
          while (!isStopped && !(await step(unit, upTo(unit)))) await onStep();
        } catch (error) {
          isStopped = true;
          throw error;
        }
      };
      // None is left at work once this is over.
      const ends = await Promise.allSettled(units().map(bring));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      await onStep();
    },
    /** Events looked at, by the unit that has come least far. */
    looked: (): number => Math.min(...units().map((unit) => fillers.get(unit)?.looked ?? 0)),
    checkpoint: (unit: Unit): Promise<Checkpoint | undefined> => readCheckpoint(redis, generation, unit),
  };
};

export type Filling = ReturnType<typeof createFilling>;
