import { comparePositions, type EventStore, type Position, type StoredEvent } from '@carat/event-store';
import { limits } from '../limits.ts';

/** Walks the log once, forwards, stopping wherever it is asked to. */
export type Cursor = {
  /** Visits every event up to and with the position, or to the end of the log as it is now. */
  advance(to: Position | 'head'): Promise<void>;
  /** The last event visited. */
  readonly at: { readonly position: Position; readonly id: string } | undefined;
};

export const createCursor = (store: EventStore, visit: (event: StoredEvent) => void): Cursor => {
  let page: readonly StoredEvent[] = [];
  let next = 0;
  let readUpTo: Position | undefined;
  let at: StoredEvent | undefined;

  const passed = (event: StoredEvent, to: Position | 'head'): boolean =>
    to !== 'head' && comparePositions(event.position, to) > 0;

  return {
    async advance(to) {
      for (;;) {
        for (; next < page.length; next++) {
          const event = page[next]!;
          if (passed(event, to)) return;
          visit(event);
          at = event;
        }
        if (to !== 'head' && readUpTo !== undefined && comparePositions(readUpTo, to) >= 0) return;
        const read = await store.readAll({ after: readUpTo, limit: limits.pageEvents });
        [page, next] = [read.events, 0];
        readUpTo = read.upTo ?? readUpTo;
        if (read.atHead && page.length === 0) return;
      }
    },
    get at() {
      return at && { position: at.position, id: at.id };
    },
  };
};
