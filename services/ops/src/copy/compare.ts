import { isDeepStrictEqual } from 'node:util';
import type { StoredEvent } from '@carat/event-store';
import type { Walk } from './walk.ts';

/**
 * Walks a log and its copy side by side, until the copy ends. Positions and `created` are a store's own and
 * may differ; stream, revision, id, type and data may not.
 * @param onPassed called whenever both have come further
 * @returns what differs at the first place that does, as a sentence; undefined where the copy is the
 * beginning of the log, or all of it
 */
export const compareLogs = async (
  log: Walk,
  copy: Walk,
  onPassed: () => void,
): Promise<string | undefined> => {
  for (;;) {
    const copied = await copy.ahead();
    if (copied.length === 0) return undefined;
    const events = await log.ahead();
    if (events.length === 0) return goesOn(copied[0]!, log.passed);
    const count = Math.min(events.length, copied.length);
    for (let place = 0; place < count; place += 1) {
      const difference = differenceBetween(events[place]!, copied[place]!);
      if (difference === undefined) continue;
      return `The first place that differs is event ${log.passed + place + 1}: ${difference}.`;
    }
    log.pass(count);
    copy.pass(count);
    onPassed();
  }
};

const goesOn = (event: StoredEvent, passed: number): string =>
  `The target goes on where the source ends, after ${passed} events, with ${nameOf(event)}.`;

const differenceBetween = (event: StoredEvent, copied: StoredEvent): string | undefined => {
  for (const field of ['stream', 'revision', 'id', 'type'] as const) {
    if (event[field] === copied[field]) continue;
    return `it is ${nameOf(event)} in the source, ${nameOf(copied)} in the target`;
  }
  if (isSameData(event, copied)) return undefined;
  return `the data of ${nameOf(event)} is not the same in source and target`;
};

/** The texts of a copy are nearly always alike; only where they aren't need the values be looked at. */
const isSameData = (event: StoredEvent, copied: StoredEvent): boolean =>
  JSON.stringify(event.data) === JSON.stringify(copied.data) || isDeepStrictEqual(event.data, copied.data);

const nameOf = ({ type, revision, stream, id, position }: StoredEvent): string =>
  `${type} ${revision} of ${stream}, id ${id}, at position ${position}`;
