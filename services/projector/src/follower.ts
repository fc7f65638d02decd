import type { EventStore } from '@carat/event-store';
import { type UnitName, unitNames } from '@carat/projections';
import { limits } from './limits.ts';

/**
 * Wakes a unit at once, but not more often than every `limits.wakeGapMs`; what comes between is one wake-up
 * later.
 */
const createWaker = (unit: UnitName, wake: (unit: UnitName) => Promise<void>) => {
  const gap = limits.wakeGapMs[unit];
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

/** Follows the log only for "there is more", and turns it into wake-ups of all units. */
export const followLog = (store: EventStore, wake: (unit: UnitName) => Promise<void>) => {
  const wakers = unitNames.map((unit) => createWaker(unit, wake));
  const stop = store.onMore(() => {
    for (const waker of wakers) waker.call();
  });
  return {
    stop(): void {
      stop();
      for (const waker of wakers) waker.stop();
    },
  };
};
