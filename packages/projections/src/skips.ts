import { type Event, skipNameOf, type Unit } from '@carat/domain';

/**
 * Ids of the events that each unit leaves out, by the name that stands for all its shards. Stream: `log`.
 */
export type Skips = ReadonlyMap<string, ReadonlySet<string>>;

/** What operators decided to leave out, from all events of the log's own stream, in order. */
export const skipsOf = (events: readonly Event[]): Skips => {
  const skips = new Map<string, Set<string>>();
  for (const { type, data } of events) {
    if (type === 'EventSkipped') skips.set(data.unit, (skips.get(data.unit) ?? new Set()).add(data.event));
    if (type === 'EventUnskipped') skips.get(data.unit)?.delete(data.event);
  }
  return skips;
};

const none: ReadonlySet<string> = new Set();

/** Ids of the events that a unit leaves out. */
export const skippedBy = (skips: Skips, unit: Unit): ReadonlySet<string> =>
  skips.get(skipNameOf(unit)) ?? none;
