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
    const known = desks.get(viewer);
    if (known) {
      known.used = true;
      return known;
    }
    const desk = new WalletDesk(viewer, dependencies);
    desks.set(viewer, desk);
    if (desks.size > limits.maxWallets) makeRoom();
    return desk;
  };

  /** Drops idle desks until both bounds hold, those first that were not used since this last came by. */
  const makeRoom = (): void => {
    // Once round to forget who was used, and once more to drop: where all are busy, none can go.
    let looks = 2 * desks.size;
    for (const [viewer, desk] of desks) {
      const fits = desks.size <= limits.maxWallets && combos <= limits.maxCombosRemembered;
      if (fits || --looks < 0) break;
      desks.delete(viewer);
      if (desk.idle && !desk.used) combos -= desk.combos;
      else {
        desk.used = false;
        desks.set(viewer, desk);
      }
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
