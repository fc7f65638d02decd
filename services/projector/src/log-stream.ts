import { randomUUID } from 'node:crypto';
import { logCreated, readEventOf, streams } from '@carat/domain';
import { appendSurely, type EventStore, type StoredEvent } from '@carat/event-store';
import { type Skips, skipsOf } from '@carat/projections';
import { foldStream, type StreamFold } from './stream-fold.ts';

const logEventTypes = ['LogCreated', 'EventSkipped', 'EventUnskipped'] as const;

/** Gives the log its id, unless it has one: its very first event. @throws EventStoreError */
export const ensureLog = async (store: EventStore): Promise<void> => {
  const { exists } = await store.readStream(streams.log, { limit: 1 });
  if (!exists) await appendSurely(store, [logCreated(randomUUID(), randomUUID())]);
};

/** What the log says of itself: which one it is, and what operators decided to leave out. */
export type LogState = { readonly logId: string; readonly skips: Skips };
export type LogStream = StreamFold<LogState>;

const foldLog = (stored: readonly StoredEvent[]): LogState | undefined => {
  const events = stored.map((event) => readEventOf(logEventTypes, event));
  const first = events[0];
  if (first === undefined) return undefined;
  if (first.type !== 'LogCreated') throw new Error('The log does not begin with its creation.');
  return { logId: first.data.logId, skips: skipsOf(events) };
};

/**
 * Reads the log's own stream; a log without one is given it. Rejects with EventStoreError, UnreadableEvent.
 */
export const createLogStream = (store: EventStore): LogStream => {
  const stream = foldStream(store, streams.log, foldLog);
  const begun = async (): Promise<LogState> => {
    await ensureLog(store);
    return (await stream.refresh())!;
  };
  return {
    state: async () => (await stream.state()) ?? begun(),
    refresh: async () => (await stream.refresh()) ?? begun(),
  };
};
