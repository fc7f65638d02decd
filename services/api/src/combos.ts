import {
  comboState,
  comboTimes,
  type Event,
  readEventOf,
  streams,
  type WalletEvent,
  walletEventTypes,
} from '@carat/domain';
import type { EventStore, Revision, StoredEvent } from '@carat/event-store';
import { type http, instantOf, type Refusal, refuse } from '@carat/protocol';
import { limits } from './limits.ts';

const readWalletEvent = (stored: StoredEvent): WalletEvent => readEventOf(walletEventTypes, stored);

/**
 * How a combo stands in its wallet's own stream, however long ago it was booked.
 *
 * All bookings of a combo lie between `aheadMs` before and `behindMs` after its id's own time, and a
 * wallet's time never goes back. So the newest event of that time is found by bisection, and the wallet is
 * read backwards from there until the combo's last booking, or events from before it can have begun.
 * @returns refusal `not_found`, or `overloaded` after `maxPages`
 * @throws EventStoreError
 */
export const findCombo = async (
  store: EventStore,
  viewer: string,
  combo: string,
  maxPages: number = limits.maxComboPages,
): Promise<http.Combo | Refusal> => {
  const stream = streams.wallet(viewer);
  const began = instantOf(combo) - comboTimes.aheadMs;
  let from = await findNewestUntil(store, stream, instantOf(combo) + comboTimes.behindMs);
  for (let pages = 0; from >= 0; pages++) {
    if (pages >= maxPages) return tooManyBookings();
    const page = await store.readStream(stream, {
      from,
      direction: 'backwards',
      limit: limits.comboPageEvents,
    });
    for (const stored of page.exists ? page.events : []) {
      const event = readWalletEvent(stored);
      if (event.data.at < began) return refuse('not_found');
      if (event.type === 'GiftSent' && event.data.combo === combo) return showCombo(event, stored);
    }
    from -= limits.comboPageEvents;
  }
  return refuse('not_found');
};

/** Revision of the wallet's newest event at or before an instant; -1 where there is none. */
const findNewestUntil = async (store: EventStore, stream: string, instant: number): Promise<Revision> => {
  const head = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const newest = head.exists ? head.events[0] : undefined;
  if (newest === undefined) return -1;
  if (readWalletEvent(newest).data.at <= instant) return newest.revision;
  let before = -1;
  let after = newest.revision;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    const page = await store.readStream(stream, { from: middle, limit: 1 });
    const event = page.exists ? page.events[0] : undefined;
    if (event !== undefined && readWalletEvent(event).data.at <= instant) before = middle;
    else after = middle;
  }
  return before;
};

const tooManyBookings = (): Refusal =>
  refuse('overloaded', {
    message: `The wallet has more bookings of that time than one look-up reads.`,
    retryAfterMs: limits.retryAfterMs,
  });

/** Every booking says what the combo has reached, at the terms it began with. */
const showCombo = ({ data }: Event<'GiftSent'>, { position }: StoredEvent): http.Combo => {
  const { combo, count, at, ...terms } = data;
  return { ...comboState({ combo, count, at, terms }), live: terms.live, gift: terms.gift, at, position };
};
