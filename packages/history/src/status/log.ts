import { readEvent, streams } from '@carat/domain';
import { type EventStore, type Position, readSeal, sealsStream } from '@carat/event-store';
import type { http } from '@carat/protocol';

/** How the log stands. @throws EventStoreError, UnreadableEvent */
export const lookAtLog = async (store: EventStore): Promise<http.LogStands> => {
  const head = await store.head();
  const seal = await readLastSeal(store);
  // What comes after the last seal is no seal, so it is to be sealed.
  const { events } = await store.readAll({ after: seal?.position, limit: 1 });
  return {
    id: await readLogId(store),
    head: head ?? null,
    lastSeal: seal ? { number: seal.number, at: seal.at, events: seal.events } : null,
    unsealedSince: events[0]?.created ?? null,
  };
};

const readLogId = async (store: EventStore): Promise<string | null> => {
  const page = await store.readStream(streams.log, { from: 0, limit: 1 });
  const first = page.exists ? page.events[0] : undefined;
  const event = first && readEvent(first);
  return event?.type === 'LogCreated' ? event.data.logId : null;
};

type LastSeal = {
  readonly position: Position;
  readonly number: number;
  readonly at: number;
  readonly events: number;
};

const readLastSeal = async (store: EventStore): Promise<LastSeal | undefined> => {
  const page = await store.readStream(sealsStream, { direction: 'backwards', limit: 1 });
  const event = page.exists ? page.events[0] : undefined;
  if (event === undefined) return undefined;
  const seal = readSeal(event);
  if ('fault' in seal)
    throw new Error(`The seal at position ${event.position} cannot be read: ${seal.fault}.`);
  return { position: event.position, number: seal.number, at: seal.at, events: seal.events };
};
