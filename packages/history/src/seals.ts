import { type EventStore, type Position, readSeal, type StoredEvent, sealsStream } from '@carat/event-store';
import { HistoryError } from './errors.ts';

/** A place of the log of which a seal says when it had been reached. */
export type SealedPlace = { readonly position: Position; readonly at: number };

/**
 * The last event covered by the last seal that fits, found by bisection: seals are never older than the one
 * before. Costs a read of one event per halving, however long the log.
 * @param fits true for all seals up to one, and for none after it
 * @returns undefined where none fits
 * @throws HistoryError, EventStoreError
 */
export const findSealedPlace = async (
  store: EventStore,
  fits: (seal: { readonly at: number; readonly position: Position }) => boolean,
): Promise<SealedPlace | undefined> => {
  const newest = await store.readStream(sealsStream, { direction: 'backwards', limit: 1 });
  if (!newest.exists) return undefined;
  let found: ReturnType<typeof sealOf> | undefined;
  for (let [low, high] = [0, newest.last]; low <= high; ) {
    const middle = Math.floor((low + high) / 2);
    const seal = sealOf(await readOne(store, sealsStream, middle));
    if (fits(seal)) [found, low] = [seal, middle + 1];
    else high = middle - 1;
  }
  if (found === undefined) return undefined;
  const { position } = await readOne(store, found.lastStream, found.lastRevision);
  return { position, at: found.at };
};

const sealOf = (event: StoredEvent) => {
  const seal = readSeal(event);
  if ('fault' in seal) throw new HistoryError(`Seal ${event.revision} cannot be read: ${seal.fault}.`);
  const { at, lastStream, lastRevision } = seal;
  return { at, lastStream, lastRevision, position: event.position };
};

const readOne = async (store: EventStore, stream: string, revision: number): Promise<StoredEvent> => {
  const page = await store.readStream(stream, { from: revision, limit: 1 });
  const event = page.exists ? page.events[0] : undefined;
  if (event === undefined) {
    throw new HistoryError(`Event ${revision} of ${stream}, which a seal names, is not in the log.`);
  }
  return event;
};
