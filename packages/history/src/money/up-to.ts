import { type EventType, readEventOf } from '@carat/domain';
import type { EventStore, Position } from '@carat/event-store';
import type { Fold } from '../folded-stream.ts';
import { walkStream } from '../walk.ts';

/**
 * A stream's state as of a place of the log, folded from its start.
 * @param upTo undefined: before the log's first event
 * @throws EventStoreError, UnreadableEvent
 */
export const foldUpTo = async <State, Type extends EventType>(
  store: EventStore,
  { stream, types, initial, evolve }: Fold<State, Type>,
  upTo: Position | undefined,
): Promise<State> => {
  let state = initial;
  if (upTo === undefined) return state;
  for await (const page of walkStream(store, stream, { upTo })) {
    state = evolve(
      state,
      page.map((event) => readEventOf(types, event)),
    );
  }
  return state;
};
