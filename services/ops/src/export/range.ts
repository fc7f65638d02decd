import { type EventStore, type Position, readSeal, sealsStream } from '@carat/event-store';
import { limits } from '../limits.ts';
import type { Bound } from './bounds.ts';

/** Which gifts are exported, and between which places of the log they all lie. */
export type Range = {
  /** Exclusive; the start of the log where it is missing. */
  readonly after: Position | undefined;
  /** Inclusive; the end of the log where it is missing. */
  readonly upTo: Position | undefined;
  /** In ms since 1970: from this one on, and before that one. */
  readonly from: number;
  readonly before: number;
};

/**
 * The way through the log between two bounds. A position is exact; gifts of about an instant lie between the
 * seals of an hour before and an hour after it, since the clocks that timed both agree far better than that.
 * @throws EventStoreError
 */
export const findRange = async (store: EventStore, from: Bound, to: Bound): Promise<Range> => ({
  after: 'position' in from ? from.position : await sealBefore(store, from.instant - limits.clockSlackMs),
  upTo: 'position' in to ? to.position : await sealFrom(store, to.instant + limits.clockSlackMs),
  from: 'instant' in from ? from.instant : Number.NEGATIVE_INFINITY,
  before: 'instant' in to ? to.instant : Number.POSITIVE_INFINITY,
});

type Place = { readonly position: Position; readonly at: number };

/** Where the last seal stands that is older than an instant. */
const sealBefore = async (store: EventStore, instant: number): Promise<Position | undefined> => {
  const first = await firstSealFrom(store, instant);
  return first === 0 ? undefined : (await sealAt(store, first - 1))?.position;
};

/** Where the first seal stands that is as old as an instant or younger. */
const sealFrom = async (store: EventStore, instant: number): Promise<Position | undefined> =>
  (await sealAt(store, await firstSealFrom(store, instant)))?.position;

/** The number of that one in the stream of seals; their times never fall. */
const firstSealFrom = async (store: EventStore, instant: number): Promise<number> => {
  const end = await store.readStream(sealsStream, { direction: 'backwards', limit: 1 });
  let [low, high] = [0, end.exists ? end.last + 1 : 0];
  while (low < high) {
    const middle = (low + high) >> 1;
    const seal = await sealAt(store, middle);
    if (seal === undefined || seal.at >= instant) high = middle;
    else low = middle + 1;
  }
  return low;
};

const sealAt = async (store: EventStore, number: number): Promise<Place | undefined> => {
  const page = await store.readStream(sealsStream, { from: number, limit: 1 });
  const event = page.exists ? page.events[0] : undefined;
  if (event === undefined) return undefined;
  const seal = readSeal(event);
  return 'fault' in seal ? undefined : { position: event.position, at: seal.at };
};
