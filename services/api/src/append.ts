import { setTimeout as pause } from 'node:timers/promises';
import type { Event } from '@carat/domain';
import {
  type AppendResult,
  type EventStore,
  EventStoreError,
  type Expected,
  type StreamWrite,
} from '@carat/event-store';
import { type Refusal, refuse } from '@carat/protocol';
import { limits } from './limits.ts';

/** What is to be written to one stream: decided events, each under an id of its own. */
export const writeOf = (
  stream: string,
  expected: Expected,
  events: readonly Event[],
  newId: () => string,
): StreamWrite => ({
  stream,
  expected,
  events: events.map(({ type, data }) => ({ id: newId(), type, data })),
});

/** What is answered while the event store cannot be had: nothing was written, nothing was read. */
export const storeIsAway = (): Refusal =>
  refuse('overloaded', {
    message: 'The event store cannot be reached right now. Send the same again after `retryAfterMs`.',
    retryAfterMs: limits.retryAfterMs,
  });

/**
 * Appends, and finds out whether it was written: while nobody can tell, the very same append is sent again.
 * Once an outcome was unknown, a store that is away does not mean that nothing was written.
 * @returns refusal `overloaded` where certainly nothing was written, `outcome_unknown` where it stays unknown
 * @throws EventStoreError for input that no store takes
 */
export const appendSurely = async (
  store: Pick<EventStore, 'append'>,
  writes: readonly StreamWrite[],
): Promise<AppendResult | Refusal> => {
  let unknown = false;
  for (let sent = 1; ; sent++) {
    try {
      return await store.append(writes);
    } catch (error) {
      if (!isAway(error)) throw error;
      if (error.code === 'outcome_unknown') unknown = true;
      if (!unknown) return storeIsAway();
      if (sent >= limits.maxSendsOfOneAppend) {
        return refuse('outcome_unknown', { retryAfterMs: limits.retryAfterMs });
      }
      await pause(limits.firstResendMs * 2 ** (sent - 1));
    }
  }
};

/** True where the store may answer later, rather than never. */
export const isAway = (error: unknown): error is EventStoreError =>
  error instanceof EventStoreError &&
  (error.code === 'unavailable' || error.code === 'outcome_unknown' || error.code === 'closed');
