import { expect, it } from 'vitest';
import { statedPeriods } from './periods.ts';

it('are the months and years up to now, by UTC, the newest first', () => {
  const { months, years } = statedPeriods(Date.UTC(2027, 0, 31, 23, 59));
  expect(months).toHaveLength(13);
  expect(months.slice(0, 3)).toEqual([
    { period: '2027-01', name: 'January 2027' },
    { period: '2026-12', name: 'December 2026' },
    { period: '2026-11', name: 'November 2026' },
  ]);
  expect(months.at(-1)!.period).toBe('2026-01');
  expect(years.map(({ period }) => period)).toEqual(['2027', '2026', '2025']);
});
