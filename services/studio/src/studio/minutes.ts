import type { AsOf, http } from '@carat/protocol';

export type Bar = { readonly from: number; readonly millidiamonds: number };

const minuteMs = 60_000;
/** What a chart shows at most; of a longer live, its end. */
export const maxMinutes = 1_440;

type Totals = { readonly asOf: AsOf; readonly millidiamonds: number };

/**
 * Diamonds per minute without holes, from the first gift on: as they were read, and what the totals say came
 * since, which counts for the minute of `now`. A live that goes on is shown up to `now`, in ms since 1970.
 * @param totals undefined where the minutes are not those of the whole live, so that they do not add up to it
 */
export const continueMinutes = (
  { minutes, asOf }: Pick<http.LiveMinutes, 'minutes' | 'asOf'>,
  totals: Totals | undefined,
  now: number,
  ended: boolean,
): Bar[] => {
  const known = new Map(minutes.map(({ from, millidiamonds }) => [from, millidiamonds]));
  const last = minutes.at(-1)?.from;
  const current = Math.floor(now / minuteMs) * minuteMs;
  const read = minutes.reduce((sum, { millidiamonds }) => sum + millidiamonds, 0);
  const came = totals?.asOf.generation === asOf.generation ? Math.max(0, totals.millidiamonds - read) : 0;
  const end = ended && last !== undefined ? last : Math.max(current, last ?? current);
  if (came > 0) known.set(end, (known.get(end) ?? 0) + came);
  const first = minutes[0]?.from ?? (came > 0 ? end : undefined);
  if (first === undefined) return [];
  const begin = Math.max(first, end - (maxMinutes - 1) * minuteMs);
  return Array.from({ length: (end - begin) / minuteMs + 1 }, (_, n) => {
    const from = begin + n * minuteMs;
    return { from, millidiamonds: known.get(from) ?? 0 };
  });
};
