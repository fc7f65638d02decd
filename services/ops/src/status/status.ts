import type { Position } from '@carat/event-store';
import {
  findFaults,
  findMoneyFaults,
  lookAtLog,
  lookAtMoney,
  type MoneyStands,
  measureProgress,
  unitsBehind,
} from '@carat/history';
import type { http } from '@carat/protocol';
import { type RebuildReport, readRebuild } from '@carat/read-models';
import { describeFailure } from '@carat/service-kit';
import { withLog } from '../event-log.ts';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';
import { countDeadEnds, findStill, lookAtRedis, lookIntoRedis } from './redis.ts';

/** How a system stands; the api tells it at `/operators/status`, and of money at `/operators/payouts`. */
export type Status = http.SystemStatus & {
  /** Null where no day was ever closed, or the log cannot be read. */
  readonly money: MoneyStands | null;
  /** Payouts that were tried in vain as often as they may be; null where Redis cannot be reached. */
  readonly deadEnds: number | null;
};

type Addresses = { readonly eventStore: string; readonly redisUrl: string };
type InRedis = {
  readonly stands: http.RedisStands;
  readonly rebuild: RebuildReport | undefined;
  readonly deadEnds: number;
};
type InLog = Pick<http.Seen, 'log' | 'progress'> & Pick<Status, 'money'>;

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
    deadEnds: await countDeadEnds(client),
  }));
  const redis = inRedis?.stands ?? null;
  const lookInLog = (): Promise<InLog> =>
    withLog(
      eventStore,
      async (store) => {
        const log = await lookAtLog(store);
        const generations = [redis?.active, redis?.candidate];
        const head = log.head?.position as Position | undefined;
        const progress = await measureProgress(store, generations, head, limits.maxBehindEvents);
        return { log, progress, money: await lookAtMoney(store, signal) };
      },
      (fault) => damage.push(fault),
    );
  const nothing = { log: null, progress: {}, money: null };
  const { log, progress, money } = (await attempt(lookInLog, describeLogFault)) ?? nothing;
  const behind = unitsBehind({ redis, progress });
  const watch = (client: Parameters<typeof findStill>[0]) =>
    findStill(client, redis!.active!, behind, signal);
  const still = (behind.length > 0 && (await askRedis(watch))) || [];
  const at = Date.now();
  const seen: http.Seen = { log, redis, progress, still };
  const rebuild = inRedis?.rebuild ?? null;
  const deadEnds = inRedis?.deadEnds ?? null;
  const moneyFaults = money ? findMoneyFaults(money, deadEnds, at) : [];
  const faults = [...damage, ...findFaults(seen, at, rebuild), ...moneyFaults];
  return { ...seen, at, rebuild, money, deadEnds, unseen, faults };
};

const describeLogFault = (error: unknown): string =>
  error instanceof CommandError ? error.message : `The log cannot be read: ${describeFailure(error)}`;
