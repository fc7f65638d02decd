import type { Frame, Gift } from './gift-log.ts';
import { giftsById } from './parse.ts';

/** Whom the totals name, richest first. */
export const topViewers = 10;

/** What a viewer gave in one live. */
export interface ViewerCoins {
  readonly viewer: string;
  readonly coins: number;
}

/**
 * What a log amounts to. `gifts`: how many were given, `coins`: what they cost, `viewers`: how many gave.
 * `top10`: by coins, tied viewers by id. `coinsIfEveryFrameWereAdded` is the common mistake, as a warning.
 */
export interface Totals {
  readonly frames: number;
  readonly combos: number;
  readonly viewers: number;
  readonly gifts: number;
  readonly coins: number;
  readonly top10: readonly ViewerCoins[];
  readonly coinsIfEveryFrameWereAdded: number;
}

/** The totals so far of a log that is still being read. */
export interface RunningTotals {
  /** Takes the next frame and answers what it adds to its combo: 0 when the combo was already there. */
  add(frame: Frame): number;
  totals(): Totals;
}

/** What frames imply: the highest count of every (viewer, gift, combo) times the gift's price. */
export const impliedTotals = (frames: Iterable<Frame>, gifts: Iterable<Gift>): Totals => {
  const running = runningTotals(gifts);
  for (const frame of frames) running.add(frame);
  return running.totals();
};

/**
 * The same one frame at a time; remembers one number per combo and viewer. Throws on a gift it does not know.
 */
export const runningTotals = (gifts: Iterable<Gift>): RunningTotals => {
  const byId = giftsById(gifts);
  const highest = new Map<string, number>();
  const coinsOf = new Map<string, number>();
  let [frames, given, coins, everyFrame] = [0, 0, 0, 0];
  return {
    add: (frame) => {
      const gift = byId.get(frame.gift);
      if (!gift) throw new RangeError(`A frame names the gift ${frame.gift}, which is not in the catalogue.`);
      frames += 1;
      everyFrame += frame.count * gift.coins;
      const key = comboKey(frame);
      const before = highest.get(key) ?? 0;
      const added = Math.max(0, frame.count - before);
      if (added === 0) return 0;
      highest.set(key, frame.count);
      given += added;
      coins += added * gift.coins;
      coinsOf.set(frame.viewer, (coinsOf.get(frame.viewer) ?? 0) + added * gift.coins);
      return added;
    },
    totals: () => ({
      frames,
      combos: highest.size,
      viewers: coinsOf.size,
      gifts: given,
      coins,
      top10: richest(coinsOf),
      coinsIfEveryFrameWereAdded: everyFrame,
    }),
  };
};

/**
 * The viewers with most coins; ties stand in the order of their ids, so that equal totals are equal in every
 * byte.
 */
export const richest = (coinsOf: ReadonlyMap<string, number>): ViewerCoins[] =>
  [...coinsOf]
    .map(([viewer, coins]) => ({ viewer, coins }))
    .sort((a, b) => b.coins - a.coins || (a.viewer < b.viewer ? -1 : 1))
    .slice(0, topViewers);

/** Lengths keep ids apart: no id, whatever its characters, can reach into its neighbour. */
const comboKey = ({ viewer, gift, combo }: Frame): string =>
  `${viewer.length}:${viewer}${gift.length}:${gift}${combo}`;
