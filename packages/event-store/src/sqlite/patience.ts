import { EventStoreError } from '../port.ts';
import { asUnavailable, isBusy } from './errors.ts';

/** How long a call is tried again while another process holds the lock. */
export const maxBusyMs = 5_000;
const minPauseMs = 0.5;
const maxPauseMs = 3;

/**
 * A short while, never the same twice, so that processes that wait for one lock don't meet again and again.
 */
export const busyPauseMs = (): number => minPauseMs + Math.random() * (maxPauseMs - minPauseMs);

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs a step that may find the log busy, without blocking anyone meanwhile. @throws EventStoreError */
export const runPatiently = async <T>(step: () => T, what: string): Promise<T> => {
  const deadline = performance.now() + maxBusyMs;
  for (;;) {
    try {
      return step();
    } catch (error) {
      if (!isBusy(error)) throw asUnavailable(error, what);
      if (performance.now() >= deadline) throw stillBusy(error);
    }
    await pause(busyPauseMs());
  }
};

export const stillBusy = (cause: unknown): EventStoreError =>
  new EventStoreError('unavailable', `Another process held the log for ${maxBusyMs} ms.`, { cause });
