import { comparePositions, type EventStore, type LogEnd, parsePosition } from '@carat/event-store';
import { createRedisDumps, type Resolved, resolveMoment, type Sources } from '@carat/history';
import type { http } from '@carat/protocol';
import type { RedisClient } from '@carat/read-models';
import type { OpsConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { type CommandContext, CommandError } from '../outcome.ts';
import { openRedis } from '../redis.ts';

export type LookingBack = {
  readonly sources: Sources;
  readonly place: Resolved;
  /** Whether a position beyond the end of the log was asked for; its end is told instead. */
  readonly isBeyondEnd: boolean;
  /** Undefined where Redis can't be reached; `redisFault` then says why. */
  readonly redis: RedisClient | undefined;
  readonly redisFault: string | undefined;
};

type LookBack = {
  readonly moment: http.Moment | undefined;
  readonly wantsRedis: boolean | ((store: EventStore) => Promise<boolean>);
};

/**
 * Opens the log, and Redis where it is wanted and can be reached, and finds the place that a moment means.
 * @throws CommandError, EventStoreError, HistoryError
 */
export const lookBack = <T>(
  { eventStore, redisUrl }: OpsConfig,
  { moment, wantsRedis }: LookBack,
  { signal, say }: CommandContext,
  work: (lookingBack: LookingBack) => Promise<T>,
): Promise<T> =>
  withLog(
    eventStore,
    async (store) => {
      const head = await store.head();
      const place = await placeOf(store, head, moment, signal);
      const isBeyondEnd = isAfter(moment, head);
      if (isBeyondEnd) say(`The log ends at position ${head?.position ?? 'none'}: as of that.`);
      const isWanted = typeof wantsRedis === 'boolean' ? wantsRedis : await wantsRedis(store);
      const { redis, redisFault } = isWanted ? await reachRedis(redisUrl) : {};
      try {
        const dumps = redis && createRedisDumps(redis);
        return await work({ sources: { store, dumps, signal }, place, isBeyondEnd, redis, redisFault });
      } finally {
        redis?.disconnect();
      }
    },
    say,
  );

const placeOf = async (
  store: EventStore,
  head: LogEnd | undefined,
  moment: http.Moment | undefined,
  signal: AbortSignal,
): Promise<Resolved> => {
  const until = moment ?? (head && { position: head.position });
  return until === undefined ? { position: undefined, at: null } : resolveMoment(store, until, signal);
};

const isAfter = (moment: http.Moment | undefined, head: LogEnd | undefined): boolean =>
  moment !== undefined &&
  'position' in moment &&
  (head === undefined || comparePositions(parsePosition(moment.position), head.position) > 0);

const reachRedis = async (url: string): Promise<{ redis?: RedisClient; redisFault?: string }> => {
  try {
    return { redis: await openRedis(url) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { redisFault: error.message };
  }
};
