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

  let round = desks.values();
  let left = 0;
  let counted = 0;
  /** Goes round all desks, some at a time: to look at all of them at once kept claims waiting. */
  const goRound = (): void => {
    const now = dependencies.clock.now();
    for (let n = 0; n < limits.walletsAtOnce; n++) {
      const { value: desk } = left-- > 0 ? round.next() : { value: undefined };
      if (desk === undefined) {
        combos = counted;
        [round, left, counted] = [desks.values(), desks.size, 0];
        return makeRoom();
      }
      desk.passTime(now);
      counted += desk.combos;
    }
  };
  const regularly = setInterval(goRound, limits.lookAtWalletsEveryMs);
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
