import type { Event } from '@carat/domain';
import {
  type AppendResult,
  appendSurely,
  type EventStore,
  type Expected,
  isAway,
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
 * Appends, with its outcome as a value.
 * @returns refusal `overloaded` where certainly nothing was written, `outcome_unknown` where nobody can tell
 * @throws EventStoreError for input that no store takes
 */
export const append = async (
  store: Pick<EventStore, 'append'>,
  writes: readonly StreamWrite[],
): Promise<AppendResult | Refusal> => {
  try {
    return await appendSurely(store, writes);
  } catch (error) {
    if (!isAway(error)) throw error;
    if (error.code !== 'outcome_unknown') return storeIsAway();
    return refuse('outcome_unknown', { retryAfterMs: limits.retryAfterMs });
  }
};
