import type { Batch, Sum, TableBatch } from '../batch.ts';
import type { FeedPart } from '../feeds.ts';
import { tables } from '../tables.ts';

/**
 * One booking of one live, for specs of this package, which knows no events: `place` is where it lies in the
 * log.
 */
export type Booking = {
  readonly place: number;
  readonly viewer: string;
  readonly coins: number;
  readonly at: number;
};

export const live = 'gala';

/** The bookings as a batch, as the projections would add them up. */
export const batchOf = (bookings: readonly Booking[]): Batch => {
  const sums = (field: (booking: Booking) => string, amounts: (booking: Booking) => number[]) => {
    const found = new Map<string, Sum>();
    for (const booking of bookings) {
      const old = found.get(field(booking))?.amounts;
      const added = amounts(booking).map((amount, i) => amount + (old?.[i] ?? 0));
      found.set(field(booking), { amounts: added, place: String(booking.place) });
    }
    return found;
  };
  const board: TableBatch = {
    ranked: true,
    sums: sums(
      ({ viewer }) => viewer,
      ({ coins }) => [coins],
    ),
    values: new Map(),
  };
  const totals: TableBatch = {
    ranked: false,
    sums: sums(
      () => 'all',
      ({ coins }) => [coins, 1, coins],
    ),
    values: new Map(),
  };
  const parts = bookings.map(({ place, ...rest }): FeedPart => {
    const position = String(place);
    const body = JSON.stringify({ position, ...rest });
    return { from: position, position, bookings: 1, latest: rest.at, body };
  });
  const nothing = bookings.length === 0;
  return {
    tables: new Map(
      nothing ? [] : [[tables.liveBoard(live), board] as const, [tables.liveTotals(live), totals]],
    ),
    feeds: new Map(nothing ? [] : [[tables.feed(live), { parts: () => parts }]]),
  };
};

/** Where a batch of these bookings leads. */
export const reached = (bookings: readonly Booking[], atHead = true) => {
  const place = bookings.at(-1)?.place ?? 0;
  return { position: String(place), event: `event-${place}`, atHead };
};
