import {
  comparePositions,
  type EventStore,
  EventStoreError,
  type LogPage,
  type Position,
  type StoredEvent,
} from '@carat/event-store';
import { limits } from '../limits.ts';

/** Walks the log once, forwards, stopping wherever it is asked to. */
export type Cursor = {
  /** Visits every event up to and with the position. @throws EventStoreError */
  advance(to: Position): Promise<void>;
  /** The last event visited. */
  readonly at: { readonly position: Position; readonly id: string } | undefined;
};

type Visitor = {
  readonly visit: (event: StoredEvent) => void;
  /** Is waited for before a page is read, of so many events at most. */
  readonly beforePage?: (events: number) => Promise<void>;
  /** Is told of what is damaged, and passed over; throws it to end there. */
  readonly onDamage: (damage: EventStoreError) => void;
};

export const createCursor = (store: EventStore, { visit, beforePage, onDamage }: Visitor): Cursor => {
  let page: readonly StoredEvent[] = [];
  let next = 0;
  let readUpTo: Position | undefined;
  let at: StoredEvent | undefined;

  const read = async (): Promise<Pick<LogPage, 'events' | 'upTo'>> => {
    await beforePage?.(limits.pageEvents);
    try {
      return await store.readAll({ after: readUpTo, limit: limits.pageEvents });
    } catch (error) {
      if (!(error instanceof EventStoreError && error.readOnAfter !== undefined)) throw error;
      onDamage(error);
      return { events: [], upTo: error.readOnAfter };
    }
  };

  return {
    async advance(to) {
      for (;;) {
        for (; next < page.length; next++) {
          const event = page[next]!;
          if (comparePositions(event.position, to) > 0) return;
          visit(event);
          at = event;
        }
        if (readUpTo !== undefined && comparePositions(readUpTo, to) >= 0) return;
        const { events, upTo } = await read();
        if (upTo === readUpTo) return;
        [page, next, readUpTo] = [events, 0, upTo];
      }
    },
    get at() {
      return at && { position: at.position, id: at.id };
    },
  };
};
