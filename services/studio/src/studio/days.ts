import type { http } from '@carat/protocol';
import type { Bar } from './minutes.ts';

const dayMs = 86_400_000;
const shownDays = 30;

/** Earnings of each of the last 30 UTC days, the one of `now` last; days without any are 0. */
export const lastDays = (days: http.CreatorDays['days'], now: number): Bar[] => {
  const known = new Map(days.map(({ from, millidiamonds }) => [from, millidiamonds]));
  const today = Math.floor(now / dayMs) * dayMs;
  return Array.from({ length: shownDays }, (_, n) => {
    const from = today - (shownDays - 1 - n) * dayMs;
    return { from, millidiamonds: known.get(from) ?? 0 };
  });
};
