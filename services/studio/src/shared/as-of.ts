import { comparePositions, Generations } from '@carat/client';
import type { AsOf } from '@carat/protocol';

type Numbers = { readonly asOf: AsOf };
type IsNewer = (next: Numbers, before: Numbers) => boolean;

/**
 * Makes what says whether numbers take the place of others: those of a place that is not earlier, or of
 * another generation that was not left before.
 */
export const createIsNewer = (): IsNewer => {
  const generations = new Generations();
  return (next, before) =>
    next.asOf.generation === before.asOf.generation
      ? comparePositions(next.asOf.position, before.asOf.position) >= 0
      : generations.replaces(next.asOf, before.asOf);
};

/** Of all that a page asks the api for: it leaves a generation as a whole. */
export const isNewer = createIsNewer();

/** Makes what picks the newest of what several tell of one thing, and nothing older than it picked before. */
export const createNewest = <T extends Numbers>(): ((...told: (T | undefined)[]) => T | undefined) => {
  const isNewerThan = createIsNewer();
  let newest: T | undefined;
  return (...told) => {
    for (const each of told) if (each && (newest === undefined || isNewerThan(each, newest))) newest = each;
    return newest;
  };
};
