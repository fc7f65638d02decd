import { type EventStore, type Position, type StoredEvent, sealsStream } from '@carat/event-store';
import { limits } from '../limits.ts';

export type LastEvents = {
  /** In the order of the log. */
  readonly events: readonly StoredEvent[];
  /** Everything up to here has been looked at. */
  readonly upTo: Position | undefined;
};

type Wanted = {
  readonly matches: (event: StoredEvent) => boolean;
  readonly prefixes?: readonly string[];
  readonly signal: AbortSignal;
};

/**
 * The last events of a log that match, so many at most. A log is read forwards only, so this begins at the
 * last seal, and at earlier and earlier ones while that shows too few, up to `limits.maxLookBackEvents` back.
 * @throws EventStoreError
 */
export const readLastEvents = async (
  store: EventStore,
  most: number,
  wanted: Wanted,
): Promise<LastEvents> => {
  for (let back = 0; ; back = 2 * back + 1) {
    const start = await sealFromEnd(store, back);
    const read = await readToHead(store, start, most, wanted);
    if (start === undefined || read.events.length >= most || read.looked >= limits.maxLookBackEvents) {
      return read;
    }
  }
};

/** Where the seal stands that so many come after; undefined where there are not so many. */
const sealFromEnd = async (store: EventStore, back: number): Promise<Position | undefined> => {
  const end = await store.readStream(sealsStream, { direction: 'backwards', limit: 1 });
  if (!end.exists || end.last < back) return undefined;
  const page = await store.readStream(sealsStream, { from: end.last - back, limit: 1 });
  return page.exists ? page.events[0]?.position : undefined;
};

const readToHead = async (
  store: EventStore,
  after: Position | undefined,
  most: number,
  { matches, prefixes, signal }: Wanted,
): Promise<LastEvents & { readonly looked: number }> => {
  let events: readonly StoredEvent[] = [];
  let looked = 0;
  for (let upTo = after; ; ) {
    signal.throwIfAborted();
    const read = { after: upTo, limit: limits.pageEvents };
    const page = await store.readAll(prefixes ? { ...read, prefixes } : read);
    looked += page.events.length;
    events = [...events, ...page.events.filter(matches)].slice(-most);
    upTo = page.upTo;
    if (page.atHead) return { events, upTo, looked };
  }
};
