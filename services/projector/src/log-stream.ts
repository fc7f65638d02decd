import { randomUUID } from 'node:crypto';
import { type Event, logCreated, readEventOf, streams } from '@carat/domain';
import { appendSurely, type EventStore, type StoredEvent } from '@carat/event-store';
import { type Skips, skipsOf } from '@carat/projections';
import { limits } from './limits.ts';

const logEventTypes = ['LogCreated', 'EventSkipped', 'EventUnskipped'] as const;

/** Gives the log its id, unless it has one: its very first event. @throws EventStoreError */
export const ensureLog = async (store: EventStore): Promise<void> => {
  const { exists } = await store.readStream(streams.log, { limit: 1 });
  if (!exists) await appendSurely(store, [logCreated(randomUUID(), randomUUID())]);
};

/** What the log says of itself: which one it is, and what operators decided to leave out. */
export type LogState = { readonly logId: string; readonly skips: Skips };

/** Reads the log's own stream, again only as far as it has grown or is another. */
export const createLogStream = (store: EventStore) => {
  let known: { state: LogState; first: string; last: number } | undefined;

  const readWhole = async (): Promise<StoredEvent[]> => {
    const events: StoredEvent[] = [];
    for (;;) {
      const page = await store.readStream(streams.log, { from: events.length, limit: limits.logPageEvents });
      if (!page.exists) return [];
      events.push(...page.events);
      if (events.length > page.last || page.events.length === 0) return events;
    }
  };

  const readAgain = async (): Promise<LogState> => {
    await ensureLog(store);
    const stored = await readWhole();
    const events: Event[] = stored.map((event) => readEventOf(logEventTypes, event));
    const first = events[0];
    if (first?.type !== 'LogCreated') throw new Error('The log does not begin with its creation.');
    const state = { logId: first.data.logId, skips: skipsOf(events) };
    known = { state, first: stored[0]!.id, last: stored.length - 1 };
    return state;
  };

  return {
    /** As it was last read. */
    async state(): Promise<LogState> {
      return known?.state ?? (await readAgain());
    },
    /** As it is now. @throws EventStoreError, UnreadableEvent */
    async refresh(): Promise<LogState> {
      if (known === undefined) return readAgain();
      const page = await store.readStream(streams.log, { from: 0, limit: 1 });
      const same = page.exists && page.last === known.last && page.events[0]?.id === known.first;
      return same ? known.state : readAgain();
    },
  };
};

export type LogStream = ReturnType<typeof createLogStream>;
