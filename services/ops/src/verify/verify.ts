import { checkLogFile, type EventStore } from '@carat/event-store';
import type { RedisClient } from '@carat/read-models';
import { describeFailure } from '@carat/service-kit';
import { openLog } from '../event-log.ts';
import { limits } from '../limits.ts';
import { CommandError, createDifferences, type Differences } from '../outcome.ts';
import { openRedis } from '../redis.ts';
import { type ProvedLog, proveLog } from './log.ts';
import { compareUnits, type UnitComparisons } from './units.ts';

export type Verified = ProvedLog & {
  readonly agree: boolean;
  /** The end of the log when it was read; later events are compared where numbers are as of them. */
  readonly position: string | null;
  readonly units: UnitComparisons;
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
  readonly redis: RedisClient;
  readonly keys: ReadonlySet<string>;
  readonly differences: Differences;
  readonly signal: AbortSignal;
};

const verifyAll = async ({ store, url, redis, keys, differences, signal }: Proof): Promise<Verified> => {
  const head = await store.head();
  const sums = await proveLog(store, head, keys, differences);
  if (url.startsWith(sqlite)) await proveFile(url.slice(sqlite.length), differences, signal);
  const units = await compareUnits({ store, redis, terms: sums, differences, signal });
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
