import type { Position } from '@carat/event-store';
import { findFaults, lookAtLog, measureProgress, unitsBehind } from '@carat/history';
import type { http } from '@carat/protocol';
import { type RebuildReport, readRebuild } from '@carat/read-models';
import { describeFailure } from '@carat/service-kit';
import { withLog } from '../event-log.ts';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';
import { findStill, lookAtRedis, lookIntoRedis } from './redis.ts';

/** How a system stands; the api tells the same at `/operators/status`. */
export type Status = http.SystemStatus;

type Addresses = { readonly eventStore: string; readonly redisUrl: string };
type InRedis = { readonly stands: http.RedisStands; readonly rebuild: RebuildReport | undefined };

/** Looks at all that can be reached, at Redis first, so that no checkpoint seems to be beyond the log. */
export const lookAtAll = async (
  { eventStore, redisUrl }: Addresses,
  signal: AbortSignal,
): Promise<Status> => {
  const unseen: string[] = [];
  const damage: string[] = [];
  const attempt = async <T>(work: () => Promise<T>, describe: (error: unknown) => string) => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      unseen.push(describe(error));
      return undefined;
    }
  };
  const askRedis = <T>(work: Parameters<typeof lookIntoRedis<T>>[1]) =>
    attempt(() => lookIntoRedis(redisUrl, work), describeFailure);

  const inRedis = await askRedis<InRedis>(async (client) => ({
    stands: await lookAtRedis(client),
    rebuild: await readRebuild(client),
  }));
  const redis = inRedis?.stands ?? null;
  const lookInLog = (): Promise<Pick<http.Seen, 'log' | 'progress'>> =>
    withLog(
      eventStore,
      async (store) => {
        const log = await lookAtLog(store);
        const generations = [redis?.active, redis?.candidate];
        const head = log.head?.position as Position | undefined;
        return { log, progress: await measureProgress(store, generations, head, limits.maxBehindEvents) };
      },
      (fault) => damage.push(fault),
    );
  const { log, progress } = (await attempt(lookInLog, describeLogFault)) ?? { log: null, progress: {} };
  const behind = unitsBehind({ redis, progress });
  const watch = (client: Parameters<typeof findStill>[0]) =>
    findStill(client, redis!.active!, behind, signal);
  const still = (behind.length > 0 && (await askRedis(watch))) || [];
  const at = Date.now();
  const seen: http.Seen = { log, redis, progress, still };
  const rebuild = inRedis?.rebuild ?? null;
  return { ...seen, at, rebuild, unseen, faults: [...damage, ...findFaults(seen, at, rebuild)] };
};

const describeLogFault = (error: unknown): string =>
  error instanceof CommandError ? error.message : `The log cannot be read: ${describeFailure(error)}`;
