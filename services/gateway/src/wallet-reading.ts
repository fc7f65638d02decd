import {
  evolveWallet,
  readEventOf,
  rememberedSince,
  streams,
  type Wallet,
  type WalletEvent,
  walletEventTypes,
  walletFromNewest,
} from '@carat/domain';
import type { EventStore, Expected, Position, StreamRead } from '@carat/event-store';
import { limits } from './limits.ts';

/** A wallet as it stands in the log, and where it was last read or written. */
export type HeldWallet = {
  readonly wallet: Wallet;
  readonly head: Expected;
  readonly position: Position | undefined;
};

/**
 * Most wallets had nothing or little of late, and each event is looked up by itself, anywhere in the log: one
 * says how the wallet stands, and whether more must be read.
 */
const pages = [1, 20, limits.pageEvents] as const;

/** Reads a wallet's newest events, back to those that need not be remembered. @throws EventStoreError */
export const readWallet = async (store: EventStore, viewer: string, now: number): Promise<HeldWallet> => {
  const newestFirst: WalletEvent[] = [];
  let read: StreamRead = { direction: 'backwards', limit: pages[0] };
  let at: Omit<HeldWallet, 'wallet'> = { head: 'no_stream', position: undefined };
  for (let n = 1; ; n++) {
    const page = await store.readStream(streams.wallet(viewer), read);
    if (!page.exists) break;
    if (read.from === undefined) at = { head: page.last, position: page.events[0]?.position };
    for (const stored of page.events) newestFirst.push(readEventOf(walletEventTypes, stored));
    const oldest = page.events.at(-1);
    const since = rememberedSince(now, newestFirst[0]);
    if (!oldest || oldest.revision === 0 || newestFirst.at(-1)!.data.at < since) break;
    read = { direction: 'backwards', limit: pages[n] ?? limits.pageEvents, from: oldest.revision - 1 };
  }
  return { wallet: walletFromNewest(newestFirst, rememberedSince(now, newestFirst[0])), ...at };
};

/**
 * Reads a wallet on from where it is known; from the log anew where that place is no longer in it.
 * @throws EventStoreError
 */
export const readWalletOn = async (
  store: EventStore,
  viewer: string,
  now: number,
  known: HeldWallet,
): Promise<HeldWallet> => {
  let { wallet, head, position } = known;
  for (;;) {
    const from: number = head === 'no_stream' ? 0 : head + 1;
    const page = await store.readStream(streams.wallet(viewer), { from, limit: limits.pageEvents });
    const events = page.exists ? page.events : [];
    for (const stored of events) {
      wallet = evolveWallet(wallet, readEventOf(walletEventTypes, stored));
      head = stored.revision;
      position = stored.position;
    }
    if (head === (page.exists ? page.last : 'no_stream')) return { wallet, head, position };
    if (events.length === 0) return readWallet(store, viewer, now);
  }
};
