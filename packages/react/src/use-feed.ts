import type { FeedPart } from '@carat/client';
import type { ShownBooking } from '@carat/protocol';
import { useEffect, useState } from 'react';
import { follow, type Source } from './heard.ts';

/** Newest first; `gaps`: how often bookings were missed for good, so that only the numbers tell of them. */
export type SeenFeed = { readonly bookings: readonly ShownBooking[]; readonly gaps: number };

/** What bookings come to, with those told before the component was there; by the first render's `fold`. */
export const useFolded = <T>(
  source: Source | undefined,
  first: T,
  fold: (old: T, part: FeedPart) => T,
): T => {
  const [how] = useState({ first, fold });
  const [folded, set] = useState(first);
  useEffect(() => {
    const end = source && follow(source, (part) => set((old) => how.fold(old, part)));
    return () => {
      end?.();
      set(how.first);
    };
  }, [source, how]);
  return folded;
};

/** The newest bookings, at most so many as the first render keeps. */
export const useFeed = (source: Source | undefined, keep = 50): SeenFeed =>
  useFolded<SeenFeed>(source, { bookings: [], gaps: 0 }, (seen, { bookings, gap }) => ({
    bookings: [...bookings.slice(-keep).reverse(), ...seen.bookings].slice(0, keep),
    gaps: seen.gaps + (gap ? 1 : 0),
  }));
