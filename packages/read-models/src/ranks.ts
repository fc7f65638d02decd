import type { Total } from './totals.ts';

/**
 * The best of a table are kept in a sorted set of at least `minRanked` members (all, while there are fewer).
 * Since totals only grow, the first `minRanked` of it by score, and of equals by place, are those of the
 * whole table: whoever is outside and not above the lowest score has as many before it. The script trims it,
 * see `apply.lua`.
 */
export const minRanked = 1_000;

/** A batch with so many totals of one table is looked through for those that cannot count any more. */
const manyTotals = 2 * minRanked;

/**
 * What a batch has to write to a sorted set: the totals from a score on. Those in the set below `cut` are to
 * be dropped before: with them goes whoever the batch raised to a score that is not written.
 */
export type Ranking = { readonly least: number; readonly cut: number | undefined };

/**
 * @param floor a score that `minRanked` of the set have or exceed, reached before this batch; undefined where
 * not known.
 */
export const rankingOf = (totals: readonly Total[], floor: number | undefined): Ranking => {
  const above = floor === undefined ? 0 : floor + 1;
  if (totals.length < manyTotals) return { least: above, cut: undefined };
  const scores = Float64Array.from(totals, ({ amounts }) => amounts[0]!).sort();
  const best = scores[scores.length - minRanked]!;
  return best > above ? { least: best, cut: best } : { least: above, cut: undefined };
};
