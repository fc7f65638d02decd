import { comparePositions } from '@carat/client';
import type { ShownBooking } from '@carat/protocol';

/** A combo as a line of the feed. */
export type FeedLine = {
  readonly combo: string;
  readonly viewer: string;
  readonly gift: string;
  /** How far the combo came, and what it came to. */
  readonly count: number;
  readonly coins: number;
  readonly at: number;
  /** Of the first booking that was seen of it: lines keep their order while combos grow. */
  readonly position: string;
};

/**
 * The lines after bookings came, newest combo first. Bookings say how far a combo came, so one that is seen
 * twice, or late, changes nothing.
 */
export const growLines = (
  lines: readonly FeedLine[],
  bookings: readonly ShownBooking[],
  maxLines: number,
): readonly FeedLine[] => {
  const byCombo = new Map(lines.map((line) => [line.combo, line]));
  for (const booking of bookings) {
    const line = byCombo.get(booking.combo);
    if (line && line.count >= booking.count) continue;
    byCombo.set(booking.combo, { ...lineOf(booking), position: line?.position ?? booking.position });
  }
  return [...byCombo.values()]
    .sort((one, other) => comparePositions(other.position, one.position))
    .slice(0, maxLines);
};

/** A combo keeps the unit price that it began with. */
const lineOf = ({ combo, viewer, gift, count, booked, coins, at, position }: ShownBooking): FeedLine => ({
  combo,
  viewer,
  gift,
  count,
  coins: Math.round(coins / booked) * count,
  at,
  position,
});
