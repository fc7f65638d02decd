import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from '@carat/event-store';
import {
  boardOfUnit,
  kindOf,
  shardOf,
  shardOfUnit,
  shardsOf,
  skipNameOf,
  unitOfBoard,
} from '@carat/protocol';
import {
  activeGeneration,
  type Generation,
  type RedisClient,
  readPoison,
  type Unit,
} from '@carat/read-models';
import { limits } from '../limits.ts';
import { CommandError, createDifferences, type Differences } from '../outcome.ts';
import type { ProvedLog } from './log.ts';
import { foldBoards } from './numbers/boards.ts';
import { foldCreators } from './numbers/creators.ts';
import { foldDefinedBoard } from './numbers/defined-board.ts';
import type { UnitFold } from './numbers/fold.ts';
import { createSlices, NotWhole } from './numbers/slices.ts';
import { compareUnit, DamagedBefore, Moved, OtherLog, type UnitComparison } from './numbers/unit.ts';

/** By unit. */
export type UnitComparisons = Readonly<Record<string, UnitComparison>>;

type Comparing = {
  readonly store: EventStore;
  readonly redis: RedisClient;
  /** What the log says that matters for the numbers. */
  readonly terms: Pick<ProvedLog, 'logId' | 'skipped' | 'boards'>;
  readonly differences: Differences;
  readonly signal: AbortSignal;
};

/** The units are others by now: begin again with those that there are. */
class OtherUnits extends Error {}

/**
 * Compares the numbers of every unit with the log; those that are replaced or broken meanwhile once more.
 * @throws CommandError where they are not whole for long, or stopped
 */
export const compareUnits = async (comparing: Comparing): Promise<UnitComparisons> => {
  const deadline = Date.now() + limits.maxRebuildMs;
  const isFaulty = comparing.differences.count > 0;
  for (;;) {
    const found = createDifferences(limits.maxDifferences);
    const compared: Record<string, UnitComparison> = {};
    try {
      for (const unit of await findUnits(comparing, deadline)) {
        compared[unit] = await compareWhole({ ...comparing, differences: found, isFaulty }, unit, deadline);
      }
      for (const line of found.lines()) comparing.differences.add(line);
      return compared;
    } catch (error) {
      if (!(error instanceof OtherUnits)) throw error;
    }
  }
};

const awaitNext = async (signal: AbortSignal, deadline: number, fault: string): Promise<void> => {
  if (Date.now() >= deadline) throw new CommandError(fault);
  await pause(limits.rebuildPollMs, undefined, { signal });
};

/** All units that the log as it was read implies, once they are there. */
const findUnits = async (
  { redis, terms: { boards }, signal }: Comparing,
  deadline: number,
): Promise<readonly Unit[]> => {
  const defined = boards.map(({ board }) => unitOfBoard(board));
  for (;;) {
    signal.throwIfAborted();
    const units = (await activeGeneration(redis))?.units;
    const lacking = units && defined.find((unit) => !units.includes(unit));
    // Of a board that was defined since, or is being given up, the log as it was read tells nothing.
    if (units && lacking === undefined) {
      return units.filter((unit) => kindOf(unit) !== 'board' || defined.includes(unit));
    }
    await awaitNext(signal, deadline, `The numbers of ${lacking ?? 'creators'} are not there: ${rebuilt}`);
  }
};

const rebuilt = 'they are still being rebuilt.';

const foldOf = (unit: Unit, { units }: Generation, { boards }: Comparing['terms']): UnitFold => {
  const kind = kindOf(unit);
  if (kind === 'boards') return foldBoards();
  if (kind === 'board') return foldDefinedBoard(boards.find(({ board }) => board === boardOfUnit(unit))!);
  const [shard, shards] = [shardOfUnit(unit), shardsOf(units)];
  const whole = foldCreators();
  return {
    ...whole,
    unit,
    see: (fact) => {
      if ('creator' in fact.data && shardOf(fact.data.creator, shards) === shard) whole.see(fact);
    },
  };
};

/** Compares a unit, once more where it was replaced or broken meanwhile. */
const compareWhole = async (
  { store, redis, terms, differences, signal, isFaulty }: Comparing & { readonly isFaulty: boolean },
  unit: Unit,
  deadline: number,
): Promise<UnitComparison> => {
  const skipped = new Set(
    terms.skipped.filter((skip) => skip.unit === skipNameOf(unit)).map(({ event }) => event),
  );
  for (;;) {
    signal.throwIfAborted();
    const found = createDifferences(limits.maxDifferences);
    const active = await activeGeneration(redis);
    try {
      if (!active) throw new NotWhole();
      if (!active.units.includes(unit)) throw new OtherUnits();
      if (terms.logId !== null && active.log !== terms.logId) {
        throw new OtherLog(
          `${unit}: it is filled from the log ${active.log}, but this one is ${terms.logId}.`,
        );
      }
      const slices = createSlices(redis, active.generation, unit);
      const compared = await compareUnit(store, slices, foldOf(unit, active, terms), skipped, found);
      if ((await activeGeneration(redis))?.generation !== active.generation) throw new Moved();
      for (const line of found.lines()) differences.add(line);
      return compared;
    } catch (error) {
      if (error instanceof OtherLog || error instanceof DamagedBefore) {
        differences.add(error.message);
        return { position: null, numbers: 0 };
      }
      if (!(error instanceof NotWhole || error instanceof Moved)) throw error;
      if (active) await expectGoingOn(redis, active, unit);
      // Nobody can say when, or whether, that will end.
      if (isFaulty && error instanceof NotWhole) {
        differences.add(`${unit}: its numbers are being rebuilt, from a log that has faults.`);
        return { position: null, numbers: 0 };
      }
    }
    await awaitNext(signal, deadline, `The numbers of ${unit} are not whole: ${rebuilt}`);
  }
};

/** There is nothing to wait for where a unit is stopped before it was ever whole. */
const expectGoingOn = async (redis: RedisClient, { generation }: Generation, unit: Unit): Promise<void> => {
  const poison = await readPoison(redis, generation, unit);
  if (poison === undefined) return;
  const { event, position, fault } = poison;
  throw new CommandError(
    `The numbers of ${unit} are not whole: it is stopped at event ${event}, position ${position}: ${fault} ` +
      '(see carat park list)',
  );
};
