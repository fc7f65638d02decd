/** Tells the time as ms since 1970. Every service takes its clock as a dependency. */
export type Clock = { now(): number };

/**
 * The machine's clock, shifted by `offsetMs`; within the process it never goes back, whatever the machine's
 * does.
 */
export const createClock = (offsetMs = 0, read: () => number = Date.now): Clock => {
  let latest = Number.NEGATIVE_INFINITY;
  return {
    now: () => {
      latest = Math.max(latest, read() + offsetMs);
      return latest;
    },
  };
};
