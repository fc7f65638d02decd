import { type Event, type EventType, readEventOf } from '@carat/domain';
import type { EventStore, Expected } from '@carat/event-store';
import { limits } from './limits.ts';

/** A stream's state, and the revision it is as of: what an append that is decided by it expects. */
export type Folded<State> = { readonly state: State; readonly expected: Expected };

export type FoldedStream<State> = {
  /** The state as of a read that begins after the call. @throws EventStoreError, UnreadableEvent */
  read(): Promise<Folded<State>>;
};

export type Fold<State, Type extends EventType> = {
  readonly stream: string;
  readonly types: readonly Type[];
  readonly initial: State;
  readonly evolve: (state: State, events: readonly Event<Type>[]) => State;
};

type Known<State> = Folded<State> & { readonly lastId: string | undefined };

/**
 * Keeps a stream folded and reads on from where it was, so that a read costs what is new. The last event
 * known is read again each time: where another one stands in its place, the log was swapped, and all is
 * read anew.
 */
export const foldStream = <State, Type extends EventType>(
  store: Pick<EventStore, 'readStream'>,
  { stream, types, initial, evolve }: Fold<State, Type>,
): FoldedStream<State> => {
  const nothing: Known<State> = { state: initial, expected: 'no_stream', lastId: undefined };
  let known = nothing;
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<Folded<State>> | undefined;

  const readOn = async (): Promise<Folded<State>> => {
    for (;;) {
      const from = known.expected === 'no_stream' ? 0 : known.expected;
      const page = await store.readStream(stream, { from, limit: limits.streamPageEvents });
      const events = page.exists ? page.events : [];
      if (known.lastId !== undefined && events[0]?.id !== known.lastId) {
        known = nothing;
        continue;
      }
      const fresh = known.lastId === undefined ? events : events.slice(1);
      const last = fresh.at(-1);
      if (last) {
        const state = evolve(
          known.state,
          fresh.map((event) => readEventOf(types, event)),
        );
        known = { state, expected: last.revision, lastId: last.id };
      }
      if (events.length < limits.streamPageEvents) return known;
    }
  };

  return {
    // A read under way may have begun before the caller's own write: all who come meanwhile share the one
    // after it.
    read: () => {
      next ??= running
        .catch(() => {})
        .then(() => {
          const read = readOn();
          running = read;
          next = undefined;
          return read;
        });
      return next;
    },
  };
};
