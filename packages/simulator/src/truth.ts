import type { Send } from './sends.ts';
import { richest, type Totals } from './totals.ts';

/** What the viewers of a simulated live gave, told by what they meant, not by the frames that came of it. */
export interface Truth {
  /** A combo of which everything has been delivered. */
  given(send: Send): void;
  /** A frame that went out, whatever it was. */
  delivered(count: number, unitCoins: number): void;
  totals(): Totals;
}

export const truth = (): Truth => {
  const coinsOf = new Map<string, number>();
  let [frames, combos, gifts, coins, everyFrame] = [0, 0, 0, 0, 0];
  return {
    given: ({ viewer, gift, taps }) => {
      const count = taps.at(-1)!.count;
      combos += 1;
      gifts += count;
      coins += count * gift.coins;
      coinsOf.set(viewer, (coinsOf.get(viewer) ?? 0) + count * gift.coins);
    },
    delivered: (count, unitCoins) => {
      frames += 1;
      everyFrame += count * unitCoins;
    },
    totals: () => ({
      frames,
      combos,
      viewers: coinsOf.size,
      gifts,
      coins,
      top10: richest(coinsOf),
      coinsIfEveryFrameWereAdded: everyFrame,
    }),
  };
};
