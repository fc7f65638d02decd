import { type Event, isOurStream, readEvent, UnreadableEvent } from '@carat/domain';
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
  /** Undefined where it means nothing to this version, or `fault` says why it cannot be read. */
  readonly event: Event | undefined;
  readonly fault: string | undefined;
  /** As it stands in the log; undefined where that cannot be read. */
  readonly stored: StoredEvent | undefined;
};

export type TailPage = { readonly entries: readonly Entry[]; readonly atHead: boolean };

const toEntry = (stored: StoredEvent): Entry => {
  const { position, id, type } = stored;
  try {
    const event = isOurStream(stored.stream) ? readEvent(stored) : undefined;
    return { position, id, type, event, fault: undefined, stored };
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    return { position, id, type, event: undefined, fault: error.message, stored };
  }
};

/**
 * Reads the log in pages and keeps the newest of what it read, at most `maxEvents`: units that stand close to
 * each other then read and parse each event once. A single one does better with none kept.
 */
export const createTail = (store: EventStore, { maxEvents }: { readonly maxEvents: number }) => {
  /** Neighbours in the log, oldest first. */
  let kept: Entry[] = [];
  let reading: { after: Position; page: Promise<TailPage> } | undefined;

  /**
   * What is damaged is an event that cannot be taken, of which not even the id may be known. It is not kept:
   * somebody may put it right.
   */
  const damagedEntry = async ({ readOnAfter, message }: EventStoreError): Promise<Entry> => {
    const position = readOnAfter!;
    const id = (await idAt(position)) ?? lostAt(position);
    return { position, id, type: '', event: undefined, fault: message, stored: undefined };
  };

  const idAt = async (position: Position): Promise<string | undefined> => {
    try {
      return await store.eventAt(position);
    } catch (error) {
      if (error instanceof EventStoreError && error.code === 'damaged') return lostAt(position);
      throw error;
    }
  };

  /** A page with events, unless the log has none there: a store may pass over what is none of ours. */
  const readPage = async (after: Position | undefined, limit: number): Promise<LogPage> => {
    const page = await store.readAll({ after, limit });
    const isPassing = page.events.length === 0 && !page.atHead && page.upTo !== after;
    return isPassing ? readPage(page.upTo, limit) : page;
  };

  const readOn = async (after: Position | undefined, limit: number): Promise<TailPage> => {
    let page: LogPage;
    try {
      page = await readPage(after, limit);
    } catch (error) {
      if (!(error instanceof EventStoreError && error.readOnAfter !== undefined)) throw error;
      return { entries: [await damagedEntry(error)], atHead: false };
    }
    const entries = page.events.map(toEntry);
    if (maxEvents === 0) return { entries, atHead: page.atHead };
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

    /** Those of the events right after a place that are kept: without reading any, and keeping others. */
    kept(after: Position, limit: number): readonly StoredEvent[] {
      const index = findPlace(kept, after);
      return index < 0 ? [] : kept.slice(index + 1, index + 1 + limit).map(({ stored }) => stored!);
    },

    /**
     * The id of the event at a place, as `read` tells it: of one that is lost too. Undefined where none is.
     * @throws EventStoreError
     */
    idAt,

    /** Forgets what it kept where the log no longer has it: the log was swapped. @throws EventStoreError */
    async check(): Promise<void> {
      const newest = kept.at(-1);
      if (newest && (await store.eventAt(newest.position)) !== newest.id) kept = [];
    },
  };
};

export type Tail = ReturnType<typeof createTail>;

/** By what name an event goes of which nobody can tell the id. */
const lostAt = (position: Position): string => `lost-at-${position}`;

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
