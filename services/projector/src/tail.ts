import { type Event, readEvent, UnreadableEvent } from '@carat/domain';
import {
  comparePositions,
  type EventStore,
  EventStoreError,
  type LogPage,
  type Position,
  type StoredEvent,
} from '@carat/event-store';

/** An event of the log as it was read once for all units. */
export type Entry = {
  readonly position: Position;
  readonly id: string;
  readonly type: string;
  /** Undefined where this version does not know its type, or `fault` says why it cannot be read. */
  readonly event: Event | undefined;
  readonly fault: string | undefined;
};

export type TailPage = { readonly entries: readonly Entry[]; readonly atHead: boolean };

const toEntry = (stored: StoredEvent): Entry => {
  const { position, id, type } = stored;
  try {
    return { position, id, type, event: readEvent(stored), fault: undefined };
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    return { position, id, type, event: undefined, fault: error.message };
  }
};

/**
 * Reads the log in pages and keeps the newest of what it read, at most `maxEvents`: units that stand close to
 * each other then read and parse each event once.
 */
export const createTail = (store: EventStore, { maxEvents }: { readonly maxEvents: number }) => {
  /** Neighbours in the log, oldest first. */
  let kept: Entry[] = [];
  let reading: { after: Position; page: Promise<TailPage> } | undefined;

  /** What is damaged is an event that cannot be taken. It is not kept: somebody may put it right. */
  const damagedEntry = async ({ readOnAfter, message }: EventStoreError): Promise<Entry> => {
    const position = readOnAfter!;
    const id = (await store.eventAt(position)) ?? `lost at ${position}`;
    return { position, id, type: '', event: undefined, fault: message };
  };

  const readOn = async (after: Position | undefined, limit: number): Promise<TailPage> => {
    let page: LogPage;
    try {
      page = await store.readAll({ after, limit });
    } catch (error) {
      if (!(error instanceof EventStoreError && error.readOnAfter !== undefined)) throw error;
      return { entries: [await damagedEntry(error)], atHead: false };
    }
    const entries = page.events.map(toEntry);
    const newest = kept.at(-1)?.position;
    const continues = newest === after;
    if (continues || newest === undefined || (after && comparePositions(after, newest) > 0)) {
      if (!continues) kept = [];
      for (const entry of entries) kept.push(entry);
      if (kept.length > maxEvents) kept = kept.slice(-Math.floor(maxEvents / 2));
    }
    return { entries, atHead: page.atHead };
  };

  return {
    /** Events after a place, in order; none where nothing more was there. @throws EventStoreError */
    async read(after: Position | undefined, limit: number): Promise<TailPage> {
      const index = after === undefined ? -1 : findPlace(kept, after);
      if (index >= 0 && index + 1 < kept.length) {
        const entries = kept.slice(index + 1, index + 1 + limit);
        // What lies behind it is asked of the log: memory does not know whether it has grown.
        return { entries, atHead: false };
      }
      if (after === undefined) return readOn(after, limit);
      if (reading?.after !== after) {
        const page = readOn(after, limit).finally(() => {
          if (reading?.page === page) reading = undefined;
        });
        reading = { after, page };
      }
      return reading.page;
    },

    /** Forgets what it kept where the log no longer has it: the log was swapped. @throws EventStoreError */
    async check(): Promise<void> {
      const newest = kept.at(-1);
      if (newest && (await store.eventAt(newest.position)) !== newest.id) kept = [];
    },
  };
};

export type Tail = ReturnType<typeof createTail>;

/** Index of the entry at a position, or -1. */
const findPlace = (entries: readonly Entry[], position: Position): number => {
  let low = 0;
  let high = entries.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = comparePositions(entries[middle]!.position, position);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
};
