import { readEventOf, streams, type WalletEvent, walletEventTypes } from '@carat/domain';
import type { EventStore, Expected, Position } from '@carat/event-store';

/** How a wallet stands, and where: its newest event says it. */
export type WalletHead = {
  readonly balance: number;
  /** Time of the newest event, ms since 1970; 0 for a wallet that nothing ever happened to. */
  readonly at: number;
  readonly expected: Expected;
  readonly position: Position | null;
};

const untouched: WalletHead = { balance: 0, at: 0, expected: 'no_stream', position: null };

/** Reads one event, however long the wallet's history. @throws EventStoreError */
export const readWalletHead = async (store: EventStore, viewer: string): Promise<WalletHead> => {
  const page = await store.readStream(streams.wallet(viewer), { direction: 'backwards', limit: 1 });
  const newest = page.exists ? page.events[0] : undefined;
  if (newest === undefined) return untouched;
  const { data }: WalletEvent = readEventOf(walletEventTypes, newest);
  return {
    balance: data.after.balance,
    at: data.at,
    expected: newest.revision,
    position: newest.position,
  };
};
