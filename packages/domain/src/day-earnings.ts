import { hash as digest } from 'node:crypto';
import type { Event } from './events.ts';

/** What one creator earned between two cuts of the log. */
export type DayEarnings = {
  readonly creator: string;
  readonly day: string;
  readonly gifts: number;
  readonly coins: bigint;
  readonly millidiamonds: bigint;
  /**
   * Of the very bookings, in the log's order, and such that anybody can make it from the log: begun as the
   * SHA-256 of the text `<day> <creator>`, and with each booking the SHA-256 of `<hash so far> <event id>
   * <booked> <coins> <millidiamonds>`, all hashes in hex. Event ids are kept where a log is copied, positions
   * are not: none is in it.
   */
  readonly hash: string;
};

type Sums = { gifts: number; coins: bigint; millidiamonds: bigint; hash: string };

/**
 * Adds up a day's gifts, from one cut of the log to the next. What it remembers grows with the creators who
 * earned, about 200 bytes for each, not with gifts; begun anew from the same cut it comes to the same.
 */
export const beginDay = (day: string) => {
  const creators = new Map<string, Sums>();

  const begin = (creator: string): Sums => {
    const sums = { gifts: 0, coins: 0n, millidiamonds: 0n, hash: digest('sha256', `${day} ${creator}`) };
    creators.set(creator, sums);
    return sums;
  };

  return {
    /** Takes up the next booking in the log's order. */
    book(id: string, { creator, booked, coins, millidiamonds }: Event<'GiftSent'>['data']): void {
      const sums = creators.get(creator) ?? begin(creator);
      sums.gifts += booked;
      sums.coins += BigInt(coins);
      sums.millidiamonds += BigInt(millidiamonds);
      sums.hash = digest('sha256', `${sums.hash} ${id} ${booked} ${coins} ${millidiamonds}`);
    },
    /** How many creators have earned. */
    get creators(): number {
      return creators.size;
    },
    /** What each has earned, in the order in which they first did. */
    *earned(): Generator<DayEarnings> {
      for (const [creator, sums] of creators) yield { creator, day, ...sums };
    },
  };
};

export type DayFold = ReturnType<typeof beginDay>;
