import { readEventOf, streams, type WalletEvent, walletEventTypes } from '@carat/domain';
import { comparePositions, type EventStore, type StoredEvent } from '@carat/event-store';
import type { http } from '@carat/protocol';
import type { Sources } from './all-time.ts';
import type { Place } from './numbers.ts';
import { walkStream } from './walk.ts';

export type PastViewer = http.Wallet & {
  /** Coins ever granted, and sent as how many gifts. */
  readonly granted: number;
  readonly spent: number;
  readonly gifts: number;
};

export const readWalletEvent = (stored: StoredEvent): WalletEvent => readEventOf(walletEventTypes, stored);

/**
 * What a viewer could spend: the last event of its wallet up to there says it, and bisection finds it.
 * `position` is that event's. @throws EventStoreError, UnreadableEvent
 */
export const pastWallet = async (store: EventStore, viewer: string, place: Place): Promise<http.Wallet> => {
  const stream = streams.wallet(viewer);
  const newest = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  let found: StoredEvent | undefined;
  if (place !== undefined && newest.exists) {
    for (let [low, high] = [0, newest.last]; low <= high; ) {
      const middle = Math.floor((low + high) / 2);
      const page = await store.readStream(stream, { from: middle, limit: 1 });
      const event = page.exists ? page.events[0] : undefined;
      if (event && comparePositions(event.position, place) <= 0) [found, low] = [event, middle + 1];
      else high = middle - 1;
    }
  }
  if (found === undefined) return { viewer, balance: 0, position: null };
  return { viewer, balance: readWalletEvent(found).data.after.balance, position: found.position };
};

/** The same, and what had come in and gone out, from the wallet's own stream alone. */
export const pastViewer = async (
  { store, signal }: Sources,
  { viewer, place }: { readonly viewer: string; readonly place: Place },
): Promise<PastViewer> => {
  const sums = { granted: 0, spent: 0, gifts: 0 };
  let [balance, position]: [number, string | null] = [0, null];
  if (place === undefined) return { viewer, balance, position, ...sums };
  for await (const page of walkStream(store, streams.wallet(viewer), { upTo: place, signal })) {
    for (const stored of page) {
      const { type, data } = readWalletEvent(stored);
      if (type === 'CoinsGranted') sums.granted += data.coins;
      if (type === 'GiftSent') {
        sums.spent += data.coins;
        sums.gifts += data.booked;
      }
      [balance, position] = [data.after.balance, stored.position];
    }
  }
  return { viewer, balance, position, ...sums };
};
