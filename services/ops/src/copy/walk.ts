import {
  type EventStore,
  EventStoreError,
  type LogPage,
  type Position,
  type StoredEvent,
} from '@carat/event-store';
import { limits } from '../limits.ts';

/** Goes through a log once, in order, as fast as whoever walks asks for what comes next. */
export type Walk = {
  /** The events that come next, at least one; none where the log ends. @throws EventStoreError */
  ahead(): Promise<readonly StoredEvent[]>;
  /** Goes past the first so many of those. */
  pass(count: number): void;
  /** How many events of the log have been passed, and the last of them. */
  readonly passed: number;
  readonly last: StoredEvent | undefined;
  /** True where nothing more was in the log when what is ahead was read, or nothing more that is sound. */
  readonly atHead: boolean;
  /** What the walk ends at, where that is damage. */
  readonly damage: EventStoreError | undefined;
  /** Another walk from the same place on. */
  fork(): Walk;
};

type Place = { readonly passed: number; readonly last: StoredEvent | undefined };

export const walkLog = (
  store: Pick<EventStore, 'readAll'>,
  signal: AbortSignal,
  /** Whether damage is an end, where the walk stays, rather than an error. */
  endsAtDamage = false,
  from: Place = { passed: 0, last: undefined },
): Walk => {
  let { passed, last } = from;
  let page: readonly StoredEvent[] = [];
  let next = 0;
  let readUpTo: Position | undefined = last?.position;
  let atHead = false;
  let damage: EventStoreError | undefined;

  const read = async (): Promise<LogPage> => {
    try {
      return await store.readAll({ after: readUpTo, limit: limits.pageEvents });
    } catch (error) {
      if (!(endsAtDamage && error instanceof EventStoreError && error.code === 'damaged')) throw error;
      damage = error;
      return { events: [], upTo: readUpTo, atHead: true };
    }
  };

  const readOn = async (): Promise<void> => {
    do {
      signal.throwIfAborted();
      const { events, upTo, atHead: isLast } = await read();
      [page, next, readUpTo, atHead] = [events, 0, upTo, isLast];
    } while (page.length === 0 && !atHead);
  };

  return {
    async ahead() {
      if (next >= page.length) await readOn();
      return next === 0 ? page : page.slice(next);
    },
    pass(count) {
      next += count;
      passed += count;
      last = page[next - 1] ?? last;
    },
    get passed() {
      return passed;
    },
    get last() {
      return last;
    },
    get atHead() {
      return atHead;
    },
    get damage() {
      return damage;
    },
    fork: () => walkLog(store, signal, endsAtDamage, { passed, last }),
  };
};
