import type { ShownBooking } from '@carat/protocol';
import { defaultShownLimits, type ShownLimits } from './limits.ts';

/** A combo while it is shown: from the first booking that is seen of it to a while without growth. */
export type ShownCombo = {
  /** Which combo of whom; another time that it is shown has the same key. */
  readonly key: string;
  readonly combo: string;
  readonly viewer: string;
  readonly gift: string;
  /** What the combo has reached in the log: its earlier bookings count as well. */
  readonly count: number;
  /** Gifts and coins booked while it is shown. */
  readonly gifts: number;
  readonly coins: number;
  /** When it appeared and when it grew last, by the clock of `now`. */
  readonly since: number;
  readonly grewAt: number;
};

/** Viewers choose their combos' ids, so that only both together name one. */
export const keyOf = ({ viewer, combo }: Pick<ShownBooking, 'viewer' | 'combo'>): string =>
  `${viewer} ${combo}`;

type Bounds = Pick<ShownLimits, 'combosShown' | 'comboEndsMs'>;

/**
 * The combos that grow once these bookings came, those that grew last first, and the ones that ended: without
 * growth for a while, or as too many grow at once. A combo that grows after its end begins again, so that
 * `gifts` of all that were ever shown add up to what was booked. Call it without bookings as time goes by.
 * @param now ms by any clock that does not go back.
 */
export const growCombos = (
  running: readonly ShownCombo[],
  bookings: readonly ShownBooking[],
  now: number,
  { combosShown, comboEndsMs }: Bounds = defaultShownLimits,
): { running: readonly ShownCombo[]; ended: readonly ShownCombo[] } => {
  const isOver = ({ grewAt }: ShownCombo): boolean => now - grewAt >= comboEndsMs;
  const ended = running.filter(isOver);
  if (bookings.length === 0 && ended.length === 0) return { running, ended };
  // In the order of growth, the last one last: a combo that grows is put in anew.
  const growing = new Map<string, ShownCombo>();
  for (const combo of running.toReversed()) if (!isOver(combo)) growing.set(combo.key, combo);
  for (const booking of bookings) {
    const key = keyOf(booking);
    const grown = grow(growing.get(key), booking, key, now);
    growing.delete(key);
    growing.set(key, grown);
    const [oldest] = growing.values();
    if (growing.size <= combosShown || !oldest) continue;
    growing.delete(oldest.key);
    ended.push(oldest);
  }
  return { running: [...growing.values()].reverse(), ended };
};

const grow = (
  shown: ShownCombo | undefined,
  { combo, viewer, gift, booked, count, coins }: ShownBooking,
  key: string,
  now: number,
): ShownCombo => ({
  key,
  combo,
  viewer,
  gift,
  count,
  gifts: (shown?.gifts ?? 0) + booked,
  coins: (shown?.coins ?? 0) + coins,
  since: shown?.since ?? now,
  grewAt: now,
});
