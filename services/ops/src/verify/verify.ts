import { setTimeout as pause } from 'node:timers/promises';
import { checkLogFile, type EventStore } from '@carat/event-store';
import { activeGeneration } from '@carat/read-models';
import { describeFailure } from '@carat/service-kit';
import type { Redis } from 'ioredis';
import { openLog } from '../event-log.ts';
import { limits } from '../limits.ts';
import { CommandError, createDifferences, type Differences } from '../outcome.ts';
import { openRedis } from '../redis.ts';
import { type ProvedLog, proveLog } from './log.ts';
import { foldBoards } from './numbers/boards.ts';
import { foldCreators } from './numbers/creators.ts';
import { createSlices, NotWhole } from './numbers/slices.ts';
import { compareUnit, DamagedBefore, Moved, OtherLog, type UnitComparison } from './numbers/unit.ts';

export type Verified = ProvedLog & {
  readonly agree: boolean;
  /** The end of the log when it was read; later events are compared where numbers are as of them. */
  readonly position: string | null;
  readonly units: { readonly creators: UnitComparison; readonly boards: UnitComparison };
  readonly differences: readonly string[];
};

/**
 * Proves the laws and the seals from the log alone, then compares all numbers of every unit with it, while
 * gifts may keep coming.
 * @throws CommandError where the log or Redis cannot be read, or holds no numbers to compare
 */
export const verify = async (
  addresses: {
    readonly eventStore: string;
    readonly redisUrl: string;
    /** Public keys that seals must be signed with, as base64url. */
    readonly sealKeys?: ReadonlySet<string>;
  },
  signal: AbortSignal,
): Promise<Verified> => {
  const differences = createDifferences(limits.maxDifferences);
  const store = await openLog(addresses.eventStore, (fault) => differences.add(fault));
  try {
    const redis = await openRedis(addresses.redisUrl);
    try {
      const keys = addresses.sealKeys ?? new Set();
      return await verifyAll({ store, url: addresses.eventStore, redis, keys, differences, signal });
    } finally {
      redis.disconnect();
    }
  } finally {
    await store.close();
  }
};

const sqlite = 'sqlite:';

type Proof = {
  readonly store: EventStore;
  readonly url: string;
  readonly redis: Redis;
  readonly keys: ReadonlySet<string>;
  readonly differences: Differences;
  readonly signal: AbortSignal;
};

const verifyAll = async ({ store, url, redis, keys, differences, signal }: Proof): Promise<Verified> => {
  const head = await store.head();
  const sums = await proveLog(store, head, keys, differences);
  if (url.startsWith(sqlite)) await proveFile(url.slice(sqlite.length), differences, signal);
  const skippedFor = (unit: string): Set<string> =>
    new Set(sums.skipped.filter((skip) => skip.unit === unit).map(({ event }) => event));
  const compare = (fold: typeof foldCreators): Promise<UnitComparison> =>
    compareWhole(store, redis, fold, { ...sums, skipped: skippedFor(fold().unit) }, differences, signal);
  const units = { creators: await compare(foldCreators), boards: await compare(foldBoards) };
  return {
    agree: differences.count === 0,
    position: head?.position ?? null,
    ...sums,
    units,
    differences: differences.lines(),
  };
};

/** Of a log in a file, what reading it does not show: what events are found by, and the file itself. */
const proveFile = async (path: string, differences: Differences, signal: AbortSignal): Promise<void> => {
  try {
    await checkLogFile(path, { signal, onDamage: ({ message }) => differences.add(message) });
  } catch (error) {
    signal.throwIfAborted();
    throw new CommandError(`The file ${path} cannot be checked: ${describeFailure(error)}`);
  }
};

/** What the log says that matters for all numbers of a unit. */
type Terms = { readonly logId: string | null; readonly skipped: ReadonlySet<string> };

/** Compares a unit, once more where it was replaced or broken meanwhile. */
const compareWhole = async (
  store: EventStore,
  redis: Redis,
  begin: typeof foldCreators,
  { logId, skipped }: Terms,
  differences: Differences,
  signal: AbortSignal,
): Promise<UnitComparison> => {
  const deadline = Date.now() + limits.maxRebuildMs;
  for (;;) {
    signal.throwIfAborted();
    const found = createDifferences(limits.maxDifferences);
    const fold = begin();
    try {
      const active = await activeGeneration(redis);
      if (!active) throw new NotWhole();
      if (logId !== null && active.log !== logId) {
        throw new OtherLog(
          `${fold.unit}: it is filled from the log ${active.log}, but this one is ${logId}.`,
        );
      }
      const slices = createSlices(redis, active.generation, fold.unit);
      const compared = await compareUnit(store, slices, fold, skipped, found);
      if ((await activeGeneration(redis))?.generation !== active.generation) throw new Moved();
      for (const line of found.lines()) differences.add(line);
      return compared;
    } catch (error) {
      if (error instanceof OtherLog || error instanceof DamagedBefore) {
        differences.add(error.message);
        return { position: null, numbers: 0 };
      }
      if (!(error instanceof NotWhole || error instanceof Moved)) throw error;
      if (Date.now() >= deadline) {
        throw new CommandError(`The numbers of ${fold.unit} are not whole: they are still being rebuilt.`);
      }
    }
    await pause(limits.rebuildPollMs, undefined, { signal });
  }
};
