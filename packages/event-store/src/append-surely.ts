import { setTimeout as pause } from 'node:timers/promises';
import { type AppendResult, type EventStore, EventStoreError, type StreamWrite } from './port.ts';

const maxSends = 4;
const firstPauseMs = 100;

/** True where the store may answer later, rather than never. */
export const isAway = (error: unknown): error is EventStoreError =>
  error instanceof EventStoreError &&
  (error.code === 'unavailable' || error.code === 'outcome_unknown' || error.code === 'closed');

/**
 * Appends, and finds out whether it was written: while nobody can tell, the very same append is sent again,
 * which is written at most once. Once an outcome was unknown, a store that is away does not mean that nothing
 * was written.
 * @throws EventStoreError what `append` throws, `outcome_unknown` only where it stays unknown after
 * `maxSends`
 */
export const appendSurely = async (
  store: Pick<EventStore, 'append'>,
  writes: readonly StreamWrite[],
): Promise<AppendResult> => {
  let unknown: EventStoreError | undefined;
  for (let sent = 1; ; sent++) {
    try {
      return await store.append(writes);
    } catch (error) {
      if (!isAway(error)) throw error;
      if (error.code === 'outcome_unknown') unknown = error;
      if (unknown === undefined) throw error;
      if (sent >= maxSends) throw unknown;
      await pause(firstPauseMs * 2 ** (sent - 1));
    }
  }
};
