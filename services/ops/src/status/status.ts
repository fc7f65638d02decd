import type { EventStore } from '@carat/event-store';
import { describeFailure } from '@carat/service-kit';
import { withLog } from '../event-log.ts';
import { CommandError } from '../outcome.ts';
import { findFaults } from './faults.ts';
import { type LogStands, lookAtLog } from './log.ts';
import { findStill, measureProgress, type UnitProgress } from './progress.ts';
import { lookAtRedis, lookIntoRedis, type RedisStands } from './redis.ts';
import type { Seen } from './seen.ts';

/** How a system stands. */
export type Status = Seen & {
  /** Why the log, or Redis, could not be looked at, in a sentence each. */
  readonly unseen: readonly string[];
  /** What an operator should see to, in a sentence each. */
  readonly faults: readonly string[];
};

type Addresses = { readonly eventStore: string; readonly redisUrl: string };

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

  const redis = (await askRedis(lookAtRedis)) ?? null;
  const lookInLog = (): Promise<Pick<Seen, 'log' | 'progress'>> =>
    withLog(
      eventStore,
      async (store) => {
        const log = await lookAtLog(store);
        return { log, progress: await measureAll(store, redis, log) };
      },
      (fault) => damage.push(fault),
    );
  const { log, progress } = (await attempt(lookInLog, describeLogFault)) ?? { log: null, progress: {} };
  const watched = behindUnits({ redis, progress });
  const still =
    watched.length === 0
      ? []
      : await askRedis((client) => findStill(client, redis!.active!, watched, signal));
  const seen: Seen = { log, redis, progress, still: still ?? [] };
  return { ...seen, unseen, faults: [...damage, ...findFaults(seen, Date.now())] };
};

const describeLogFault = (error: unknown): string =>
  error instanceof CommandError ? error.message : `The log cannot be read: ${describeFailure(error)}`;

const behindUnits = ({ redis, progress }: Pick<Seen, 'redis' | 'progress'>) => {
  const active = redis?.active;
  if (!active) return [];
  const measured = progress[active.generation];
  return active.units.filter(
    ({ unit, checkpoint, stoppedAt }) =>
      checkpoint?.torn === false && stoppedAt === null && (measured?.[unit]?.behind ?? 0) > 0,
  );
};

const measureAll = async (
  store: EventStore,
  redis: RedisStands | null,
  log: LogStands,
): Promise<Seen['progress']> => {
  const measured: Record<string, Record<string, UnitProgress>> = {};
  for (const stands of [redis?.active, redis?.candidate]) {
    if (!stands) continue;
    const units: Record<string, UnitProgress> = {};
    for (const unit of stands.units)
      units[unit.unit] = await measureProgress(store, unit, log.head?.position);
    measured[stands.generation] = units;
  }
  return measured;
};
