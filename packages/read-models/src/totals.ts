/** A total: amounts that only grow, and the place in the log of the last booking that made it so. */
export type Total = { readonly amounts: readonly number[]; readonly place: string };

/** As it lies in Redis: `"<amount> <amount> … <place>"`. */
export const encodeTotal = (amounts: readonly number[], place: string): string => {
  let text = '';
  for (const amount of amounts) text += `${amount} `;
  return text + place;
};

export const decodeTotal = (text: string): Total => {
  const words = text.split(' ');
  const place = words.pop() ?? '';
  return { amounts: words.map(Number), place };
};

/** Orders places of the log, which are decimal digits: negative, zero or positive. */
export const comparePlaces = (a: string, b: string): number =>
  a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

export type RankedTotal = Total & { readonly id: string };

/** Best first: by the first amount, and of equals the one that reached it first. */
export const compareRanks = (a: RankedTotal, b: RankedTotal): number =>
  b.amounts[0]! - a.amounts[0]! || comparePlaces(a.place, b.place);

/** Best first, of totals as they lie in Redis. */
export const rankTotals = (found: readonly (readonly [id: string, total: string])[]): RankedTotal[] =>
  found.map(([id, total]) => ({ id, ...decodeTotal(total) })).sort(compareRanks);
