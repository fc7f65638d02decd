import type { Claim } from '@carat/protocol';
import { limits } from './limits.ts';
import { type Answer, type DeskDependencies, WalletDesk } from './wallet-desk.ts';

/** The desks of the wallets in use; those used least lately go when there are too many. */
export type Wallets = {
  submit(viewer: string, claim: Claim, answer: Answer): void;
  /** Reads a wallet ahead, so that its viewer's first gift does not wait. */
  load(viewer: string): void;
  forgetAll(): void;
};

export const openWallets = (dependencies: DeskDependencies): Wallets => {
  const desks = new Map<string, WalletDesk>();
  let combos = 0;

  const deskOf = (viewer: string): WalletDesk => {
    let desk = desks.get(viewer);
    if (desk) desks.delete(viewer);
    else desk = new WalletDesk(viewer, dependencies);
    desks.set(viewer, desk);
    if (desks.size > limits.maxWallets) makeRoom();
    return desk;
  };

  /** Drops idle desks, longest unused first, until both bounds hold. */
  const makeRoom = (): void => {
    for (const [viewer, desk] of desks) {
      if (desks.size <= limits.maxWallets && combos <= limits.maxCombosRemembered) break;
      if (!desk.idle) continue;
      combos -= desk.combos;
      desks.delete(viewer);
    }
    dependencies.metrics.wallets.set(desks.size);
  };

  const regularly = setInterval(() => {
    combos = 0;
    for (const desk of desks.values()) combos += desk.combos;
    makeRoom();
  }, limits.makeRoomEveryMs);
  regularly.unref();

  return {
    submit: (viewer, claim, answer) => deskOf(viewer).submit(claim, answer),
    load: (viewer) => {
      if (desks.size < limits.maxWallets) deskOf(viewer).load();
    },
    forgetAll: () => {
      for (const desk of desks.values()) desk.forget();
    },
  };
};
