import { randomUUID } from 'node:crypto';
import type { Event } from '@carat/domain';
import { appendSurely, type EventStore, type Expected, type NewEvent } from '@carat/event-store';

/** Events as they are appended, with ids of their own. */
export const toStored = (events: readonly Event[]): NewEvent[] =>
  events.map(({ type, data }) => ({ id: randomUUID(), type, data }));

/**
 * Appends what was decided by a stream as it stood at `expected`.
 * @returns whether it was; false: somebody else was faster, and nothing was written
 * @throws EventStoreError
 */
export const appendDecided = async (
  store: Pick<EventStore, 'append'>,
  stream: string,
  expected: Expected,
  events: readonly Event[],
): Promise<boolean> => (await appendSurely(store, [{ stream, expected, events: toStored(events) }])).appended;
