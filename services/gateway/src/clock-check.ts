import type { EventStore, Position } from '@carat/event-store';
import type { Clock } from '@carat/service-kit';
import type { Redis } from 'ioredis';
import { limits } from './limits.ts';

/** Whether this process's clock can be trusted: it is compared with Redis and with what others just appended. */
export type ClockCheck = {
  /** What is wrong with the clock; undefined while nothing is known to be. */
  fault(): string | undefined;
  close(): void;
};

export const startClockCheck = (store: EventStore, redis: Redis, clock: Clock): ClockCheck => {
  let fault: string | undefined;
  let newest: Position | undefined;
  let first = true;

  /** ms by which this clock is ahead, or undefined where there is nothing to compare it with. */
  const aheadOfRedis = async (): Promise<number | undefined> => {
    if (redis.status !== 'ready') return undefined;
    const [seconds, micros] = await redis.time();
    return clock.now() - (Number(seconds) * 1_000 + Number(micros) / 1_000);
  };

  /** Only an event that came since the last look tells the time; an older one tells that of its append. */
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
    const looks = await Promise.all([
      aheadOfRedis().catch(() => undefined),
      aheadOfLog().catch(() => undefined),
    ]);
    const off = looks.find((ahead) => ahead !== undefined && Math.abs(ahead) > limits.maxClockSkewMs);
    if (off !== undefined) {
      const side = off > 0 ? 'ahead of' : 'behind';
      fault = `the clock is ${Math.round(Math.abs(off) / 1_000)} s ${side} that of others`;
    } else if (looks.some((ahead) => ahead !== undefined)) fault = undefined;
  };

  void check();
  const regularly = setInterval(() => void check(), limits.clockCheckEveryMs);
  return { fault: () => fault, close: () => clearInterval(regularly) };
};
