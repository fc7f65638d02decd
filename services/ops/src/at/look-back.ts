import type { EventStore } from '@carat/event-store';
import { createRedisDumps, type Resolved, resolveMoment, type Sources } from '@carat/history';
import type { http } from '@carat/protocol';
import type { Redis } from 'ioredis';
import type { OpsConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { type CommandContext, CommandError } from '../outcome.ts';
import { openRedis } from '../redis.ts';

export type LookingBack = {
  readonly sources: Sources;
  readonly place: Resolved;
  /** Undefined where Redis can't be reached; `redisFault` then says why. */
  readonly redis: Redis | undefined;
  readonly redisFault: string | undefined;
};

/**
 * Opens the log, and Redis where it is wanted and can be reached, and finds the place that a moment means.
 * @throws CommandError, EventStoreError, HistoryError
 */
export const lookBack = <T>(
  { eventStore, redisUrl }: OpsConfig,
  { moment, wantsRedis }: { readonly moment: http.Moment | undefined; readonly wantsRedis: boolean },
  { signal, say }: CommandContext,
  work: (lookingBack: LookingBack) => Promise<T>,
): Promise<T> =>
  withLog(
    eventStore,
    async (store) => {
      const place = await placeOf(store, moment, signal);
      const { redis, redisFault } = wantsRedis ? await reachRedis(redisUrl) : {};
      try {
        const dumps = redis && createRedisDumps(redis);
        return await work({ sources: { store, dumps, signal }, place, redis, redisFault });
      } finally {
        redis?.disconnect();
      }
    },
    say,
  );

const placeOf = async (
  store: EventStore,
  moment: http.Moment | undefined,
  signal: AbortSignal,
): Promise<Resolved> => {
  const head = moment === undefined ? await store.head() : undefined;
  const until = moment ?? (head && { position: head.position });
  return until === undefined ? { position: undefined, at: null } : resolveMoment(store, until, signal);
};

const reachRedis = async (url: string): Promise<{ redis?: Redis; redisFault?: string }> => {
  try {
    return { redis: await openRedis(url) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { redisFault: error.message };
  }
};
