import { randomUUID } from 'node:crypto';
import { type Event, readEvent, streams } from '@carat/domain';
import { appendSurely, type EventStore, readWholeStream, type StoredEvent } from '@carat/event-store';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';

/** What an operator decides about one event and one unit, as it goes into the log. */
export type SkipEvent = Event<'EventSkipped' | 'EventUnskipped'>;

export type Skip = { readonly unit: string; readonly event: string };

export const eventSkipped = (data: Event<'EventSkipped'>['data']): SkipEvent => ({
  type: 'EventSkipped',
  data,
});
export const eventUnskipped = (data: Event<'EventUnskipped'>['data']): SkipEvent => ({
  type: 'EventUnskipped',
  data,
});

const keyOf = ({ unit, event }: Skip): string => `${unit} ${event}`;

const readLogStream = async (store: EventStore): Promise<StoredEvent[]> => {
  const events = await readWholeStream(store, streams.log, limits.pageEvents);
  if (events.length === 0) throw new CommandError('The log has not begun: there is nothing to leave out.');
  return events;
};

const foldSkips = (stored: readonly StoredEvent[]): Map<string, Skip> => {
  const skips = new Map<string, Skip>();
  for (const event of stored.map(readEvent)) {
    if (event?.type === 'EventSkipped') skips.set(keyOf(event.data), event.data);
    if (event?.type === 'EventUnskipped') skips.delete(keyOf(event.data));
  }
  return skips;
};

/** In which units an event is left out by now. */
export const unitsWithout = async (store: EventStore, event: string): Promise<string[]> =>
  [...foldSkips(await readLogStream(store)).values()]
    .filter((skip) => skip.event === event)
    .map(({ unit }) => unit);

/**
 * Appends decisions to the log's own stream, all at once, each that does not hold already. Where somebody
 * else was faster, it is decided anew.
 * @returns what was appended
 */
export const decideSkips = async (
  store: EventStore,
  wanted: readonly SkipEvent[],
): Promise<readonly SkipEvent[]> => {
  const ids = wanted.map(() => randomUUID());
  for (let decisions = 0; decisions < limits.maxSkipDecisions; decisions++) {
    const stored = await readLogStream(store);
    const skips = foldSkips(stored);
    const missing = wanted.filter(({ type, data }) => skips.has(keyOf(data)) !== (type === 'EventSkipped'));
    if (missing.length === 0) return [];
    const events = missing.map(({ type, data }, i) => ({ id: ids[i]!, type, data }));
    const write = { stream: streams.log, expected: stored.length - 1, events };
    if ((await appendSurely(store, [write])).appended) return missing;
  }
  throw new CommandError('Others keep writing to the log’s own stream: nothing was appended, try again.');
};
