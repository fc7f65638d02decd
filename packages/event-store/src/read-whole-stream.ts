import type { EventStore, StoredEvent } from './port.ts';

/**
 * All events of a stream, in order, read in pages; none where it does not exist. For streams that are short
 * by their nature: all of it is held in memory.
 * @param pageEvents events read at once, at most
 * @throws EventStoreError
 */
export const readWholeStream = async (
  store: Pick<EventStore, 'readStream'>,
  stream: string,
  pageEvents: number,
): Promise<StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (;;) {
    const page = await store.readStream(stream, { from: events.length, limit: pageEvents });
    if (!page.exists) return [];
    events.push(...page.events);
    if (events.length > page.last || page.events.length === 0) return events;
  }
};
