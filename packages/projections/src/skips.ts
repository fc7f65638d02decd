import type { Event } from '@carat/domain';
import { type UnitName, unitNames } from './units.ts';

/** Ids of the events that each unit leaves out. Stream: `log`. */
export type Skips = { readonly [unit in UnitName]: ReadonlySet<string> };

/** What operators decided to leave out, from all events of the log's own stream, in order. */
export const skipsOf = (events: readonly Event[]): Skips => {
  const skips = { creators: new Set<string>(), boards: new Set<string>() } satisfies Skips;
  const setOf = (unit: string): Set<string> | undefined => {
    const name = unitNames.find((known) => known === unit);
    return name && skips[name];
  };
  for (const { type, data } of events) {
    if (type === 'EventSkipped') setOf(data.unit)?.add(data.event);
    if (type === 'EventUnskipped') setOf(data.unit)?.delete(data.event);
  }
  return skips;
};
