import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { EventStore, Position } from '@carat/event-store';
import { type UnitName, unitNames } from '@carat/projections';
import { type Checkpoint, createWriter, readCheckpoint, type Writer } from '@carat/read-models';
import type { Redis } from 'ioredis';
import type { Poison } from '../batches.ts';
import { limits } from '../limits.ts';
import type { LogStream } from '../log-stream.ts';
import type { ProjectorMetrics } from '../metrics.ts';
import { createTail, type Tail } from '../tail.ts';
import { runUnit } from '../unit-run.ts';

/** What cannot be filled on: the generation is worth nothing, and another has to be begun. */
export class FillingBroken extends Error {
  override readonly name = 'FillingBroken';
}

/** An event that cannot be taken is in the way: it has to be mended or skipped. */
export class FillingStopped extends Error {
  override readonly name = 'FillingStopped';
  readonly poison: Poison;
  constructor(unit: UnitName, poison: Poison) {
    super(`${unit} stops at event ${poison.event}, position ${poison.position}: ${poison.fault}`);
    this.poison = poison;
  }
}

type Dependencies = {
  readonly redis: Redis;
  readonly store: EventStore;
  readonly logStream: LogStream;
  readonly metrics: ProjectorMetrics;
  readonly generation: string;
  /** Called between any two runs; what it throws ends the filling. */
  readonly onStep: () => Promise<void>;
};

/**
 * Fills a generation from the log. It has writers and a memory of the log of its own, so that it keeps nobody
 * else's from being of use. Each run goes on from the checkpoint, so it can be broken off anywhere.
 */
export const createFilling = (dependencies: Dependencies) => {
  const { redis, store, logStream, metrics, generation, onStep } = dependencies;
  const tail = createTail(store, { maxEvents: limits.rebuildTailEvents });
  const writers = new Map<UnitName, Writer>(
    unitNames.map((unit) => [unit, createWriter(redis, generation, unit)]),
  );

  const looked = new Map<UnitName, number>(unitNames.map((unit) => [unit, 0]));
  const tails = new Map<UnitName, Tail>(
    unitNames.map((unit) => [
      unit,
      {
        ...tail,
        read: async (after, limit) => {
          const page = await tail.read(after, limit);
          looked.set(unit, looked.get(unit)! + page.entries.length);
          return page;
        },
      },
    ]),
  );

  /** @returns whether the unit is where it was to go */
  const step = async (unit: UnitName, upTo: Position | undefined): Promise<boolean> => {
    const { skips } = await logStream.state();
    const [writer, tail] = [writers.get(unit)!, tails.get(unit)!];
    const ended = await runUnit({ unit, writer, store, tail, skips, metrics, upTo });
    if (ended.ended === 'broken') {
      throw new FillingBroken(`${unit} of the generation that is filled is ${ended.reason}`);
    }
    if (ended.ended === 'poisoned') throw new FillingStopped(unit, ended.poison);
    return ended.ended === 'reached' || ended.ended === 'at_head';
  };

  return {
    /** Brings one unit to a place, or to the head of the log. */
    async bring(unit: UnitName, upTo: Position | undefined): Promise<void> {
      while (!(await step(unit, upTo))) await onStep();
      await onStep();
    },
    /** Brings all units to places, in turns: what one has read is of use to the next. */
    async bringAll(upTo: (unit: UnitName) => Position | undefined): Promise<void> {
      await logStream.refresh();
      const there = new Set<UnitName>();
      while (there.size < unitNames.length) {
        for (const unit of unitNames) {
          if (!there.has(unit) && (await step(unit, upTo(unit)))) there.add(unit);
          await letOthersRun();
        }
        await onStep();
      }
    },
    /** Events looked at, by the unit that has come least far. */
    looked: (): number => Math.min(...looked.values()),
    checkpoint: (unit: UnitName): Promise<Checkpoint | undefined> => readCheckpoint(redis, generation, unit),
  };
};

export type Filling = ReturnType<typeof createFilling>;
