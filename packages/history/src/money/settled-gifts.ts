import {
  type Event,
  prefixes,
  readEvent,
  readEventOf,
  settlementEventTypes,
  streams,
  UnreadableEvent,
} from '@carat/domain';
import { type EventStore, type Position, readWholeStream, type StoredEvent } from '@carat/event-store';
import { skippedBy, skipsOf } from '@carat/projections';
import { limits } from '../limits.ts';
import { walkLog } from '../walk.ts';

/** The place of a `DayClosed`: what stands between it and the cut before it is settled with its day. */
export type Cut = {
  readonly day: string;
  /** Of the cut before; undefined for the first, which takes in everything from the log's start. */
  readonly after: Position | undefined;
  readonly position: Position;
  readonly at: number;
};

/** All cuts of the log, in order. @throws EventStoreError, UnreadableEvent */
export const readCuts = async (store: Pick<EventStore, 'readStream'>): Promise<Cut[]> => {
  const cuts: Cut[] = [];
  for (const stored of await readWholeStream(store, streams.settlement, limits.streamPageEvents)) {
    const { type, data } = readEventOf(settlementEventTypes, stored);
    if (type !== 'DayClosed') continue;
    cuts.push({ day: data.day, after: cuts.at(-1)?.position, position: stored.position, at: data.at });
  }
  return cuts;
};

export type SettledGift = {
  readonly id: string;
  readonly position: Position;
  readonly gift: Event<'GiftSent'>['data'];
};

/**
 * The gifts that are settled with a day, in the log's order, a page at a time; `creator` for those of one
 * alone. One that cannot be read ends it, unless an operator had it left out of the creators' numbers.
 * @throws EventStoreError, UnreadableEvent
 */
export async function* walkSettledGifts(
  store: Pick<EventStore, 'readAll' | 'readStream'>,
  { after, position: upTo }: Pick<Cut, 'after' | 'position'>,
  { creator, signal }: { readonly creator?: string; readonly signal?: AbortSignal } = {},
): AsyncGenerator<readonly SettledGift[]> {
  const stretch = { after, upTo, prefixes: [prefixes.wallets], signal };
  let skipped: ReadonlySet<string> | undefined;
  for await (const events of walkLog(store, stretch)) {
    const gifts: SettledGift[] = [];
    for (const stored of events) {
      if (stored.type !== 'GiftSent' || (creator !== undefined && stored.data.creator !== creator)) continue;
      try {
        const gift = readEvent(stored) as Event<'GiftSent'>;
        gifts.push({ id: stored.id, position: stored.position, gift: gift.data });
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
        skipped ??= await readSkipped(store);
        if (!skipped.has(stored.id)) throw error;
      }
    }
    yield gifts;
  }
}

const readSkipped = async (store: Pick<EventStore, 'readStream'>): Promise<ReadonlySet<string>> => {
  const stored: StoredEvent[] = await readWholeStream(store, streams.log, limits.streamPageEvents);
  return skippedBy(skipsOf(stored.flatMap((event) => readEvent(event) ?? [])), 'creators');
};
