import { readEvent, skipNameOf, streams, type Unit } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { limits } from '../limits.ts';

/** What operators leave out, and of which revision of the log's own stream that is. */
export type Skips = { readonly revision: number; leavesOut(unit: Unit, event: string): boolean };

/** @throws EventStoreError, UnreadableEvent */
export const readSkips = async (store: EventStore): Promise<Skips> => {
  const left = new Set<string>();
  let revision = -1;
  for (;;) {
    const page = await store.readStream(streams.log, { from: revision + 1, limit: limits.pageEvents });
    if (!page.exists || page.events.length === 0) break;
    for (const stored of page.events) {
      const event = readEvent(stored);
      if (event?.type === 'EventSkipped') left.add(`${event.data.unit} ${event.data.event}`);
      if (event?.type === 'EventUnskipped') left.delete(`${event.data.unit} ${event.data.event}`);
      revision = stored.revision;
    }
  }
  return { revision, leavesOut: (unit, event) => left.size > 0 && left.has(`${skipNameOf(unit)} ${event}`) };
};
