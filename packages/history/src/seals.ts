import { type EventStore, type Position, readSeal, type StoredEvent, sealsStream } from '@carat/event-store';
import { HistoryError } from './errors.ts';

/** A place of the log of which a seal says when it had been reached. */
export type SealedPlace = { readonly position: Position; readonly at: number };

type Seal = ReturnType<typeof sealOf>;
type Fits = (seal: { readonly at: number; readonly position: Position }) => boolean;

/**
 * The last event covered by the last seal that fits.
 * @param fits true for all seals up to one, and for none after it
 * @returns undefined where none fits
 * @throws HistoryError, EventStoreError
 */
export const findSealedPlace = async (store: EventStore, fits: Fits): Promise<SealedPlace | undefined> => {
  const { last } = await bisect(store, fits);
  if (last === undefined) return undefined;
  const { position } = await readOne(store, last.lastStream, last.lastRevision);
  return { position, at: last.at };
};

/**
 * Where the first seal stands that is younger than an instant: whatever comes after it was written after it
 * was made. (What it covers says nothing of that: seals may lag behind.)
 * @returns undefined where there is none yet
 * @throws HistoryError, EventStoreError
 */
export const findSealAfter = async (store: EventStore, instant: number): Promise<Position | undefined> =>
  (await bisect(store, ({ at }) => at <= instant)).next?.position;

/**
 * The last seal that fits, and the first that does not: seals are never older than the one before. Costs a
 * read of one event per halving, however long the log.
 */
const bisect = async (store: EventStore, fits: Fits): Promise<{ last?: Seal; next?: Seal }> => {
  const newest = await store.readStream(sealsStream, { direction: 'backwards', limit: 1 });
  const found: { last?: Seal; next?: Seal } = {};
  for (let [low, high] = [0, newest.exists ? newest.last : -1]; low <= high; ) {
    const middle = Math.floor((low + high) / 2);
    const seal = sealOf(await readOne(store, sealsStream, middle));
    if (fits(seal)) [found.last, low] = [seal, middle + 1];
    else [found.next, high] = [seal, middle - 1];
  }
  return found;
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
