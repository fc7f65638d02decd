import { comparePositions, type Position } from '@carat/event-store';
import type { http } from '@carat/protocol';

/**
 * Sums that grow with every booking, and what they were at places of the log not long ago: read models stand
 * a little behind it.
 */
export const createTrail = (maxPlaces: number) => {
  let places: { readonly position: Position; readonly sums: http.BookedSums }[] = [];
  let now: http.BookedSums = { coins: 0, gifts: 0, millidiamonds: 0 };
  let isWhole = true;

  return {
    get now(): http.BookedSums {
      return now;
    },
    book(position: Position, { coins, gifts, millidiamonds }: http.BookedSums): void {
      now = {
        coins: now.coins + coins,
        gifts: now.gifts + gifts,
        millidiamonds: now.millidiamonds + millidiamonds,
      };
      places.push({ position, sums: now });
      if (places.length < 2 * maxPlaces) return;
      places = places.slice(-maxPlaces);
      isWhole = false;
    },
    /** What the sums were at a place that was passed; undefined where that is too long ago to be known. */
    at(position: Position | null): http.BookedSums | undefined {
      let [low, high] = [0, position === null ? 0 : places.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (comparePositions(places[middle]!.position, position!) <= 0) low = middle + 1;
        else high = middle;
      }
      if (low > 0) return places[low - 1]!.sums;
      return isWhole ? { coins: 0, gifts: 0, millidiamonds: 0 } : undefined;
    },
  };
};

export type Trail = ReturnType<typeof createTrail>;
