import {
  type Event,
  type EventType,
  earningsEventTypes,
  prefixes,
  rateEventTypes,
  readEventOf,
  settlementEventTypes,
  streams,
} from '@carat/domain';
import type { EventStore, Position } from '@carat/event-store';
import { walkLog, walkStream } from '../walk.ts';
import type { EarningsLog, Placed } from './explain-redemption.ts';

type AsOf = { readonly upTo: Position; readonly signal?: AbortSignal | undefined };

/**
 * What a creator's redemptions are explained from, as of a place. Reads three streams whole.
 * @throws EventStoreError, UnreadableEvent, the signal's reason
 */
export const readEarningsLog = async (
  store: EventStore,
  creator: string,
  asOf: AsOf,
): Promise<EarningsLog> => ({
  earnings: await readPlaced(store, streams.earnings(creator), earningsEventTypes, asOf),
  settlement: await readPlaced(store, streams.settlement, settlementEventTypes, asOf),
  rates: await readPlaced(store, streams.rates, rateEventTypes, asOf),
});

const readPlaced = async <T extends EventType>(
  store: EventStore,
  stream: string,
  types: readonly T[],
  asOf: AsOf,
): Promise<Placed<Event<T>>[]> => {
  const placed: Placed<Event<T>>[] = [];
  for await (const page of walkStream(store, stream, asOf)) {
    for (const stored of page) {
      const { id, position, revision } = stored;
      placed.push({ ...readEventOf(types, stored), id, position, stream, revision });
    }
  }
  return placed;
};

/**
 * Whose redemption an id is of; undefined where none is in the log up to a place. Looks through the earnings
 * of all creators, from the start of the log.
 * @throws EventStoreError, the signal's reason
 */
export const findCreatorOfRedemption = async (
  store: EventStore,
  redemption: string,
  asOf: AsOf,
): Promise<string | undefined> => {
  for await (const page of walkLog(store, { ...asOf, prefixes: [prefixes.earnings] })) {
    for (const stored of page) {
      if (stored.type !== 'RedemptionRequested' || stored.data.redemption !== redemption) continue;
      return readEventOf(['RedemptionRequested'], stored).data.creator;
    }
  }
  return undefined;
};
