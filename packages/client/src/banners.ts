import type { ShownBooking } from '@carat/protocol';
import { keyOf } from './growing-combos.ts';
import { defaultShownLimits, type ShownLimits } from './limits.ts';

/** A valuable gift that is worth a moment of everyone's attention. */
export type Banner = {
  /** Which combo of whom: what is booked of it while the banner waits or is shown, adds to the banner. */
  readonly key: string;
  readonly combo: string;
  readonly viewer: string;
  readonly gift: string;
  /** What the combo has reached in the log. */
  readonly count: number;
  /** Gifts and coins that this banner stands for. */
  readonly gifts: number;
  readonly coins: number;
};

export type BannerQueue = {
  readonly showing: Banner | null;
  /** Since when, by the clock of `now`. */
  readonly since: number;
  /** Most coins first; of equal ones, who came first. */
  readonly waiting: readonly Banner[];
  /** What did not fit, to be told as "+N more": nothing again once the queue has run empty. */
  readonly more: { readonly gifts: number; readonly coins: number };
};

const nothing = { gifts: 0, coins: 0 };
export const emptyBanners: BannerQueue = { showing: null, since: 0, waiting: [], more: nothing };

type Bounds = Pick<ShownLimits, 'bannerCoins' | 'bannersWaiting' | 'bannerMs'>;

/**
 * The queue once these bookings came: the banner shown until its time is over, then the most valuable one
 * that waits. `over` is what was shown and is no longer. Call it without bookings as time goes by.
 * @param now ms by any clock that does not go back.
 */
export const showBanners = (
  queue: BannerQueue,
  bookings: readonly ShownBooking[],
  now: number,
  limits: Bounds = defaultShownLimits,
): { queue: BannerQueue; over: readonly Banner[] } => {
  const { showing, since } = queue;
  const isOver = showing !== null && now - since >= limits.bannerMs;
  const kept = isOver ? { ...queue, showing: null } : queue;
  const filled = addAll(kept, bookings, limits);
  return { queue: showNext(filled, now), over: isOver ? [showing] : [] };
};

const showNext = (queue: BannerQueue, now: number): BannerQueue => {
  const { showing, waiting, more } = queue;
  if (showing) return queue;
  const [next, ...rest] = waiting;
  if (next) return { showing: next, since: now, waiting: rest, more };
  return more.gifts > 0 ? emptyBanners : queue;
};

const addAll = (
  queue: BannerQueue,
  bookings: readonly ShownBooking[],
  { bannerCoins, bannersWaiting }: Bounds,
): BannerQueue => {
  let { showing } = queue;
  const waiting = new Map(queue.waiting.map((banner) => [banner.key, banner]));
  let changed = false;
  for (const booking of bookings) {
    const key = keyOf(booking);
    const known = waiting.get(key);
    if (showing?.key === key) showing = add(showing, booking);
    else if (known || booking.coins >= bannerCoins)
      waiting.set(key, add(known ?? begin(booking, key), booking));
    else continue;
    changed = true;
  }
  if (!changed) return queue;
  const places = bannersWaiting + (showing ? 0 : 1);
  const all = [...waiting.values()].sort((one, other) => other.coins - one.coins);
  return {
    ...queue,
    showing,
    waiting: all.slice(0, places),
    more: all.slice(places).reduce(sum, queue.more),
  };
};

const begin = ({ combo, viewer, gift, count }: ShownBooking, key: string): Banner => ({
  key,
  combo,
  viewer,
  gift,
  count,
  ...nothing,
});

const add = (banner: Banner, { booked, coins, count }: ShownBooking): Banner => ({
  ...banner,
  count,
  gifts: banner.gifts + booked,
  coins: banner.coins + coins,
});

const sum = (more: BannerQueue['more'], { gifts, coins }: Banner): BannerQueue['more'] => ({
  gifts: more.gifts + gifts,
  coins: more.coins + coins,
});
