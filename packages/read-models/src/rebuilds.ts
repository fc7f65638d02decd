import type { Difference } from './compared.ts';
import type { RedisClient } from './connection.ts';

/** One hash tag, so that both keys share a slot. */
const reportKey = 'carat:{rebuild}:report';
const differencesKey = 'carat:{rebuild}:differences';
const keptDays = 7;
/** Differences told one by one; the rest is counted. */
const maxDifferences = 10_000;

/**
 * `filling` from the log; `comparing` with the generation that is read; `ready` to take its place, which has
 * to be approved; `switched`; `stopped` at an event that cannot be taken; `failed`.
 */
export type RebuildPhase = 'filling' | 'comparing' | 'ready' | 'switched' | 'stopped' | 'failed';

/** How a rebuild stands, as whoever does it says. */
export type RebuildReport = {
  /** The generation that is filled, and the one that is read meanwhile. */
  readonly generation: string;
  readonly replaces: string;
  readonly phase: RebuildPhase;
  /** Events looked at since it began or went on, those per second, and how many are left, as far as known. */
  readonly events: number;
  readonly perSecond: number;
  readonly remaining: number | null;
  /** Where it stands, and where the log ends. */
  readonly position: string | null;
  readonly head: string | null;
  /** How many numbers differ; null before they were compared. */
  readonly differences: number | null;
  /** Why they were not compared, or why it stopped or failed. */
  readonly fault: string | null;
  /** When it began and when this was said, ms since 1970 by the clock of whoever does it. */
  readonly since: number;
  readonly at: number;
};

/** Says how a rebuild stands, in one place, where anybody may read it for a week. */
export const createRebuildReport = (redis: RedisClient) => ({
  async say(report: RebuildReport): Promise<void> {
    await redis.set(reportKey, JSON.stringify(report), 'EX', keptDays * 86_400);
  },
  /** Forgets what differed in an earlier comparison. */
  async beginDifferences(): Promise<void> {
    await redis.del(differencesKey);
  },
  /** Adds to what differs, in the order in which it was found, up to a limit. */
  async addDifferences(found: readonly Difference[]): Promise<void> {
    if (found.length === 0) return;
    const length = await redis.rpush(differencesKey, ...found.map((each) => JSON.stringify(each)));
    if (length > maxDifferences) await redis.ltrim(differencesKey, 0, maxDifferences - 1);
    await redis.expire(differencesKey, keptDays * 86_400);
  },
});

/** How the last rebuild stands; undefined where none is known of. */
export const readRebuild = async (redis: RedisClient): Promise<RebuildReport | undefined> => {
  const text = await redis.get(reportKey);
  return text === null ? undefined : (JSON.parse(text) as RebuildReport);
};

/** The first of what differed in the last comparison. */
export const readDifferences = async (redis: RedisClient, limit: number): Promise<Difference[]> =>
  (await redis.lrange(differencesKey, 0, limit - 1)).map((text) => JSON.parse(text) as Difference);
