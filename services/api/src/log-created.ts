import { streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { EventStoreError } from '@carat/event-store';
import { isRefusal } from '@carat/protocol';
import { appendSurely, writeOf } from './append.ts';

/**
 * Gives a new log its id, as its first event; whoever comes second finds it there. @throws EventStoreError
 */
export const ensureLog = async (store: EventStore, newId: () => string): Promise<void> => {
  const created = { type: 'LogCreated', data: { logId: newId() } } as const;
  const result = await appendSurely(store, [writeOf(streams.log, 'no_stream', [created], newId)]);
  if (isRefusal(result)) throw new EventStoreError('unavailable', 'The event store cannot be written to.');
};
