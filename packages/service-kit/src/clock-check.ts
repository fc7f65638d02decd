import type { Clock } from './clock.ts';

/** Clocks further apart than this are not believed. */
export const maxClockSkewMs = 60_000;
const checkEveryMs = 5_000;

/**
 * Whether this process's clock can be trusted: it is compared with that of Redis and with what others just
 * appended.
 */
export type ClockCheck = {
  /** What is wrong with the clock; undefined while nothing is known to be. */
  fault(): string | undefined;
  close(): void;
};

type Others = {
  readonly clock: Clock;
  readonly redis: { readonly status: string; time(): Promise<(number | string)[]> };
  readonly store: { head(): Promise<{ readonly position: string; readonly created: number } | undefined> };
};

export const startClockCheck = ({ clock, redis, store }: Others): ClockCheck => {
  let fault: string | undefined;
  let newest: string | undefined;
  let first = true;

  /** ms by which this clock is ahead, or undefined where there is nothing to compare it with. */
  const aheadOfRedis = async (): Promise<number | undefined> => {
    if (redis.status !== 'ready') return undefined;
    const [seconds, micros] = await redis.time();
    return clock.now() - (Number(seconds) * 1_000 + Number(micros) / 1_000);
  };

  /**
   * An event that came since the last look tells the time; an older one only that the time is not before it.
   */
  const aheadOfLog = async (): Promise<number | undefined> => {
    const end = await store.head();
    const came = end !== undefined && end.position !== newest && !first;
    newest = end?.position;
    first = false;
    if (end === undefined) return undefined;
    const ahead = clock.now() - end.created;
    return came || ahead < 0 ? ahead : undefined;
  };

  const check = async (): Promise<void> => {
    const away = (): undefined => undefined;
    const looks = await Promise.all([aheadOfRedis().catch(away), aheadOfLog().catch(away)]);
    const off = looks.find((ahead) => ahead !== undefined && Math.abs(ahead) > maxClockSkewMs);
    if (off !== undefined) {
      const side = off > 0 ? 'ahead of' : 'behind';
      fault = `the clock is ${Math.round(Math.abs(off) / 1_000)} s ${side} that of others`;
    } else if (looks.some((ahead) => ahead !== undefined)) fault = undefined;
  };

  void check();
  const regularly = setInterval(() => void check(), checkEveryMs);
  regularly.unref();
  return { fault: () => fault, close: () => clearInterval(regularly) };
};
