import {
  type GrantCoins,
  grantCoins,
  initialWallet,
  readEventOf,
  streams,
  type WalletEvent,
  walletEventTypes,
} from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { v7 } from 'uuid';

/** What became of a grant, and how many times somebody else was faster meanwhile. */
export type Outcome = {
  readonly became: 'granted' | 'granted already' | 'refused';
  readonly conflicts: number;
};

const maxDecisions = 20;

const newest = async (store: EventStore, stream: string) => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  return page.exists ? page.events[0] : undefined;
};

const event = ({ type, data }: { type: string; data: object }) => ({ id: v7(), type, data: { ...data } });

/**
 * Grants coins as whoever decides does: reads, decides, and appends to the grant's and the wallet's stream at
 * once; after a lost race all of it again.
 */
export const makeGrant = async (store: EventStore, command: GrantCoins): Promise<Outcome> => {
  const [ofGrant, ofWallet] = [streams.grant(command.grant), streams.wallet(command.viewer)];
  for (let conflicts = 0; conflicts < maxDecisions; conflicts++) {
    const last = await newest(store, ofWallet);
    const wallet: WalletEvent | undefined = last && readEventOf(walletEventTypes, last);
    const stored = await newest(store, ofGrant);
    const decision = grantCoins(
      command,
      wallet ? { balance: wallet.data.after.balance, at: wallet.data.at } : initialWallet,
      stored && readEventOf(['GrantMade'], stored),
    );
    if (decision.refused) return { became: 'refused', conflicts };
    const decided = decision.events[0];
    if (decided === undefined) return { became: 'granted already', conflicts };
    const result = await store.append([
      { stream: ofGrant, expected: 'no_stream', events: [event(decided.made)] },
      { stream: ofWallet, expected: last?.revision ?? 'no_stream', events: [event(decided.granted)] },
    ]);
    if (result.appended) return { became: 'granted', conflicts };
  }
  throw new Error(`${command.grant} was decided ${maxDecisions} times.`);
};
