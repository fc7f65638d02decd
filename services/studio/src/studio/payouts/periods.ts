import { limits } from '../../shared/limits.ts';

const month = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

export type Period = { readonly period: string; readonly name: string };

/** Months and years of which there may be statements, the newest first; `at` in ms since 1970. */
export const statedPeriods = (at: number): { readonly months: Period[]; readonly years: Period[] } => {
  const year = new Date(at).getUTCFullYear();
  const ordinal = year * 12 + new Date(at).getUTCMonth();
  const months = Array.from({ length: limits.statedMonths }, (_, n) => {
    const first = Date.UTC(Math.floor((ordinal - n) / 12), (ordinal - n) % 12);
    return { period: new Date(first).toISOString().slice(0, 'yyyy-mm'.length), name: month.format(first) };
  });
  const years = Array.from({ length: limits.statedYears }, (_, n) => {
    const period = String(year - n);
    return { period, name: `All of ${period}` };
  });
  return { months, years };
};
