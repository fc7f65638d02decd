import type { EventStore } from '@carat/event-store';
import { kindOf, type Unit } from '@carat/protocol';
import { limits } from './limits.ts';

type Wake = (unit: Unit) => Promise<void>;

/** Many units are each woken less often, so that all together are not woken too often. */
const gapOf = (unit: Unit, units: number): number =>
  Math.max(limits.wakeGapMs[kindOf(unit)], (units * 1_000) / limits.maxWakesPerSecond);

/** Wakes a unit at once, but no more often than every `gap` ms; what comes between is one wake-up later. */
const createWaker = (unit: Unit, gap: number, wake: Wake) => {
  let wanted = false;
  let resting = false;
  let timer: NodeJS.Timeout | undefined;

  const rest = (): void => {
    timer = setTimeout(() => {
      resting = false;
      if (wanted) call();
    }, gap);
  };
  const call = (): void => {
    wanted = true;
    if (resting) return;
    resting = true;
    wanted = false;
    // While Redis is away a wake-up is lost; the watchdog makes another.
    wake(unit)
      .catch(() => undefined)
      .finally(rest);
  };
  return { call, stop: () => clearTimeout(timer) };
};

/**
 * Follows the log only for "there is more", and turns it into wake-ups of all units.
 * @param units those that there are at the moment.
 */
export const followLog = (store: EventStore, units: () => readonly Unit[], wake: Wake) => {
  const wakers = new Map<Unit, ReturnType<typeof createWaker>>();
  let known: readonly Unit[] = [];

  const follow = (now: readonly Unit[]): void => {
    if (now === known) return;
    known = now;
    for (const [unit, waker] of wakers) {
      if (now.includes(unit)) continue;
      waker.stop();
      wakers.delete(unit);
    }
    for (const unit of now) {
      if (!wakers.has(unit)) wakers.set(unit, createWaker(unit, gapOf(unit, now.length), wake));
    }
  };
  const stop = store.onMore(() => {
    follow(units());
    for (const waker of wakers.values()) waker.call();
  });
  return {
    stop(): void {
      stop();
      for (const waker of wakers.values()) waker.stop();
    },
  };
};
