import { readEvent, skipNameOf, streams, type Unit } from '@carat/domain';
import { type EventStore, readWholeStream } from '@carat/event-store';
import { limits } from '../limits.ts';

/** What operators leave out, and of which revision of the log's own stream that is. */
export type Skips = { readonly revision: number; leavesOut(unit: Unit, event: string): boolean };

/** @throws EventStoreError, UnreadableEvent */
export const readSkips = async (store: EventStore): Promise<Skips> => {
  const left = new Set<string>();
  const stored = await readWholeStream(store, streams.log, limits.pageEvents);
  for (const event of stored.map(readEvent)) {
    if (event?.type === 'EventSkipped') left.add(`${event.data.unit} ${event.data.event}`);
    if (event?.type === 'EventUnskipped') left.delete(`${event.data.unit} ${event.data.event}`);
  }
  const revision = stored.length - 1;
  return { revision, leavesOut: (unit, event) => left.size > 0 && left.has(`${skipNameOf(unit)} ${event}`) };
};
