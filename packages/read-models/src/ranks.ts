/**
 * The best of a table are kept in a sorted set of at least `minRanked` members (all, while there are fewer).
 * Since totals only grow, the first `minRanked` of it by score, and of equals by place, are those of the
 * whole table: whoever is outside and not above the lowest score has as many before it. The script trims it,
 * see `apply.lua`.
 */
export const minRanked = 1_000;

/** Whether a member has to be written to the sorted set: it is in there already, or it may enter. */
export const mayRank = (score: number, floor: number | undefined): boolean =>
  floor === undefined || score > floor;
