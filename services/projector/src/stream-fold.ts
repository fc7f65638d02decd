import { type EventStore, readWholeStream, type StoredEvent } from '@carat/event-store';
import { limits } from './limits.ts';

/** Something that a short stream says, as a whole. */
export type StreamFold<T> = {
  /** As it was last read. */
  state(): Promise<T>;
  /** As it is now. Rejects where the stream cannot be read. */
  refresh(): Promise<T>;
};

/**
 * Folds a stream that is short and seldom written: whole, and again only where it has grown or is another.
 * @param fold of all its events, in order; none where it does not exist.
 */
export const foldStream = <T>(
  store: EventStore,
  stream: string,
  fold: (events: readonly StoredEvent[]) => T,
): StreamFold<T> => {
  let known: { readonly state: T; readonly first: string | undefined; readonly last: number } | undefined;

  const readAgain = async (): Promise<T> => {
    const events = await readWholeStream(store, stream, limits.logPageEvents);
    known = { state: fold(events), first: events[0]?.id, last: events.length - 1 };
    return known.state;
  };

  return {
    state: async () => (known === undefined ? readAgain() : known.state),
    async refresh() {
      if (known === undefined) return readAgain();
      const page = await store.readStream(stream, { from: 0, limit: 1 });
      const [first, last] = page.exists ? [page.events[0]?.id, page.last] : [undefined, -1];
      return first === known.first && last === known.last ? known.state : readAgain();
    },
  };
};
