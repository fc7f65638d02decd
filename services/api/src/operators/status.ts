import type { EventStore, Position } from '@carat/event-store';
import { findFaults, lookAtLog, measureProgress, unitsBehind } from '@carat/history';
import type { http } from '@carat/protocol';
import { lookAtStands, type RedisClient, readRebuild } from '@carat/read-models';
import { describeFailure } from '@carat/service-kit';
import type { Jobs } from '../bull-board/jobs.ts';
import { limits } from '../limits.ts';

/** Where the numbers lie, and the projector's jobs. */
export type System = { readonly redis: RedisClient; readonly jobs: Jobs };

/**
 * Looks at the system as `carat status` does, over connections that stand. Which units stand still it knows
 * from looking again.
 */
export const createStatusLook = (store: EventStore, system: System | undefined) => {
  const watch = createWatch();

  return async (): Promise<http.SystemStatus> => {
    const unseen: string[] = [];
    const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await work();
      } catch (error) {
        unseen.push(`${what}: ${describeFailure(error)}`);
        return undefined;
      }
    };
    // Redis first, so that no checkpoint seems to be beyond the log.
    const inRedis = await attempt('Redis cannot be reached', () => lookAtRedis(system));
    const redis = inRedis?.stands ?? null;
    const inLog = await attempt('The log cannot be read', async () => {
      const log = await lookAtLog(store);
      const head = log.head?.position as Position | undefined;
      const generations = [redis?.active, redis?.candidate];
      return { log, progress: await measureProgress(store, generations, head, limits.maxBehindEvents) };
    });
    const { log, progress } = inLog ?? { log: null, progress: {} };
    const seen = { log, redis, progress, still: watch({ redis, progress }) };
    const at = Date.now();
    const rebuild = inRedis?.rebuild ?? null;
    return { ...seen, at, rebuild, unseen, faults: findFaults(seen, at, rebuild) };
  };
};

const lookAtRedis = async (system: System | undefined) => {
  if (system === undefined || system.jobs.isAway()) throw new Error('it does not answer.');
  const { redis, jobs } = system;
  return { stands: await lookAtStands(redis, jobs.queue), rebuild: (await readRebuild(redis)) ?? null };
};

/** Tells which units of the active generation have been behind for a while without moving. */
const createWatch = () => {
  let known = new Map<string, { readonly application: string | undefined; readonly since: number }>();

  return (seen: Pick<http.Seen, 'redis' | 'progress'>): string[] => {
    const now = performance.now();
    const behind = new Map<string, { readonly application: string | undefined; readonly since: number }>();
    for (const { unit, checkpoint } of unitsBehind(seen)) {
      const application = checkpoint?.application;
      const before = known.get(unit);
      behind.set(unit, before?.application === application ? before! : { application, since: now });
    }
    known = behind;
    return [...behind].filter(([, { since }]) => now - since >= limits.keepUpMs).map(([unit]) => unit);
  };
};
