import { type Event, type GrantCoins, grantCoins, readEventOf, streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import type { http, Refusal } from '@carat/protocol';
import type { Clock } from '@carat/service-kit';
import { writeOf } from './append.ts';
import { decideAndAppend } from './decide-and-append.ts';
import type { InTurn } from './turns.ts';
import { readWalletHead } from './wallets.ts';

export type Grants = {
  readonly store: EventStore;
  readonly inTurn: InTurn;
  readonly clock: Clock;
  readonly newId: () => string;
};

/**
 * Grants coins once and for ever under the caller's grant id: `GrantMade` in the grant's own stream and
 * `CoinsGranted` in the wallet's go into the log together, so whoever races or repeats finds either both or
 * none.
 */
export const makeGrant = (
  { store, inTurn, clock, newId }: Grants,
  command: Omit<GrantCoins, 'now'>,
): Promise<http.Grant | Refusal> => {
  const ofGrant = streams.grant(command.grant);
  const ofWallet = streams.wallet(command.viewer);
  return inTurn(ofWallet, () =>
    decideAndAppend<http.Grant>(store, async () => {
      // The grant last: one that was made meanwhile is a repetition, however full it left the wallet.
      const wallet = await readWalletHead(store, command.viewer);
      const made = await readGrant(store, ofGrant);
      const decision = grantCoins({ ...command, now: clock.now() }, wallet, made);
      if (decision.refused) return { writes: [], answer: decision.refusal };
      const decided = decision.events[0];
      if (decided) {
        const writes = [
          writeOf(ofGrant, 'no_stream', [decided.made], newId),
          writeOf(ofWallet, wallet.expected, [decided.granted], newId),
        ];
        return { writes, answer: showGrant(decided.made, false) };
      }
      return { writes: [], answer: showGrant(made as Event<'GrantMade'>, true) };
    }),
  );
};

const readGrant = async (store: EventStore, stream: string): Promise<Event<'GrantMade'> | undefined> => {
  const page = await store.readStream(stream, { limit: 1 });
  const stored = page.exists ? page.events[0] : undefined;
  return stored && readEventOf(['GrantMade'], stored);
};

const showGrant = ({ data: { by: _, ...grant } }: Event<'GrantMade'>, repeated: boolean): http.Grant => ({
  ...grant,
  repeated,
});
