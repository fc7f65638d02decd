import { senderOf } from './crowd.ts';
import type { Gift } from './gift-log.ts';
import type { Habits } from './habits.ts';
import { paceOf } from './pace.ts';
import { giftChoice } from './prices.ts';
import { type Random, randomFor } from './random.ts';

/** A tap that brings its combo to `count`, `at` ms after the first send. */
export interface Tap {
  readonly at: number;
  readonly count: number;
}

/** One combo as its viewer means it, before any feed has touched it. The last tap has the highest count. */
export interface Send {
  readonly viewer: string;
  readonly gift: Gift;
  readonly combo: string;
  readonly taps: readonly Tap[];
}

/** What the sends of a live are drawn from. */
export interface Room {
  readonly seed: string;
  readonly sendsPerMinute: number;
  readonly viewers: number;
  readonly catalogue: readonly Gift[];
  readonly habits: Habits;
}

/**
 * Measured: P(count ≥ n) of the combos falls like (2/n)^1.1, with intervals from 90 ms on one feed to 500 on
 * another.
 */
const comboTail = 1.1;
const [shortestTapMs, longestTapMs] = [90, 600];
const mostCoinsPerCombo = 1_000;
const batchCounts = [10, 10, 20, 66, 66, 88, 99, 188, 520] as const;

/** The sends of a room in the order of their beginnings. Endless; it remembers only the current second. */
export function* sendsOf(room: Room): Generator<Send> {
  const random = randomFor(room.seed, 'sends');
  const choose = giftChoice(room.catalogue);
  const nameCombo = comboNames();
  const plan = (at: number, viewer: string, gift: Gift): Send => ({
    viewer,
    gift,
    combo: nameCombo(at, viewer, gift),
    taps: tapsOf(at, gift, room.habits, random),
  });
  for (const at of paceOf(room.sendsPerMinute, randomFor(room.seed, 'pace'))) {
    const gift = choose(random);
    const viewer = senderOf(gift, room.viewers, random);
    yield plan(at, viewer, gift);
    const second = choose(random);
    if (gift.streakable && random.chance(room.habits.twoGiftsAtOnce) && second !== gift) {
      yield plan(at, viewer, second);
    }
  }
}

const tapsOf = (at: number, gift: Gift, habits: Habits, random: Random): Tap[] => {
  const kind = random.next();
  if (!gift.streakable || kind >= habits.batches + habits.combos) return [{ at, count: 1 }];
  const most = Math.max(1, Math.min(habits.longestCombo, Math.floor(mostCoinsPerCombo / gift.coins)));
  if (kind < habits.batches) return [{ at, count: Math.min(most, random.pick(batchCounts)) }];
  const count = Math.min(most, Math.floor(2 / (1 - random.next()) ** (1 / comboTail)));
  const interval = random.between(shortestTapMs, longestTapMs);
  let now = at;
  return Array.from({ length: count }, (_, tapped) => {
    if (tapped > 0) now += Math.ceil(interval * random.between(0.7, 1.3));
    return { at: now, count: tapped + 1 };
  });
};

/**
 * As on the platforms, a combo is named by the second it began in: only with viewer and gift is that unique,
 * and where it would not be (a viewer who begins twice in a second), a number is added.
 */
const comboNames = (): ((at: number, viewer: string, gift: Gift) => string) => {
  let second = -1;
  const used = new Map<string, number>();
  return (at, viewer, gift) => {
    const begun = Math.floor(at / 1_000);
    if (begun !== second) used.clear();
    second = begun;
    const key = `${viewer} ${gift.id}`;
    const times = (used.get(key) ?? 0) + 1;
    used.set(key, times);
    return times === 1 ? `${begun}` : `${begun}-${times}`;
  };
};
