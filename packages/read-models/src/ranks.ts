import type { Total } from './totals.ts';

/**
 * The best of a table are kept in a sorted set of at least `minRanked` members (all, while there are fewer).
 * Since totals only grow, the first `minRanked` of it by score, and of equals by place, are those of the
 * whole table: whoever is outside and not above the lowest score has as many before it. The script trims it,
 * see `apply.lua`.
 */
export const minRanked = 1_000;

/** A batch with so many totals of one table is looked through for those that cannot count any more. */
const manyTotals = 1.25 * minRanked;

/**
 * What a batch has to write to a sorted set: the totals above a score, and those that reached just this score
 * at or before a place. Those in the set below `cut` are to be dropped before: with them goes whoever the
 * batch raised to a score that is not written.
 */
export type Ranking = {
  readonly least: number;
  /** A number, as near as it comes to the place: it may let a few more in. */
  readonly leastUpTo: number;
  readonly cut: number | undefined;
};

export const isRanked = ({ amounts, place }: Total, { least, leastUpTo }: Ranking): boolean =>
  amounts[0]! > least || (amounts[0] === least && Number(place) <= leastUpTo);

/**
 * @param floor a score that `minRanked` of the set have or exceed, reached before this batch; undefined where
 * not known.
 */
export const rankingOf = (totals: readonly Total[], floor: number | undefined): Ranking => {
  const above = floor === undefined ? 0 : floor + 1;
  const all = { least: above, leastUpTo: Number.POSITIVE_INFINITY, cut: undefined };
  if (totals.length < manyTotals) return all;
  const scores = Float64Array.from(totals, ({ amounts }) => amounts[0]!).sort();
  const least = scores[scores.length - minRanked]!;
  if (least < above) return all;
  const tied = totals.filter(({ amounts }) => amounts[0] === least);
  const places = Float64Array.from(tied, ({ place }) => Number(place)).sort();
  const before = scores.length - 1 - scores.lastIndexOf(least);
  return { least, leastUpTo: places[minRanked - before - 1]!, cut: least };
};
