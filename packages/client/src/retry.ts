import type { Limits } from './limits.ts';

/**
 * How long to wait before the given try (1 is the first repetition), in ms: doubling up to a bound, of which
 * a random half is taken off, so that clients that were cut off together do not come back together.
 */
export const retryDelay = (
  tries: number,
  limits: Pick<Limits, 'firstRetryMs' | 'longestRetryMs'>,
  random: () => number,
): number => {
  const wait = Math.min(limits.longestRetryMs, limits.firstRetryMs * 2 ** Math.min(tries - 1, 30));
  return wait * (1 - random() / 2);
};
