import fc from 'fast-check';
import { expect, it } from 'vitest';
import { windowOf } from './windows.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const week = (text: string) => windowOf('week', at(text));

it('turns at the first instant of an hour and of a day, UTC', () => {
  expect(windowOf('hour', at('2026-11-22T12:59:59.999'))).toBe(`hour:${at('2026-11-22T12:00')}`);
  expect(windowOf('hour', at('2026-11-22T13:00'))).toBe(`hour:${at('2026-11-22T13:00')}`);
  expect(windowOf('day', at('2026-11-22T23:59:59.999'))).toBe(`day:${at('2026-11-22T00:00')}`);
  expect(windowOf('day', at('2028-02-29T00:00'))).toBe(`day:${at('2028-02-29T00:00')}`);
});

it('begins ISO weeks on Monday, also across years', () => {
  // 2026 has 53 ISO weeks: W53 goes from Monday 28 December to Sunday 3 January.
  expect(week('2026-12-27T23:59:59.999')).toBe(`week:${at('2026-12-21T00:00')}`);
  expect(week('2026-12-28T00:00')).toBe(`week:${at('2026-12-28T00:00')}`);
  expect(week('2027-01-03T23:59:59.999')).toBe(`week:${at('2026-12-28T00:00')}`);
  expect(week('2027-01-04T00:00')).toBe(`week:${at('2027-01-04T00:00')}`);
});

it('agrees with the calendar on any instant', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), (date) => {
      const midnight = new Date(date);
      midnight.setUTCHours(0, 0, 0, 0);
      expect(windowOf('day', date.getTime())).toBe(`day:${midnight.getTime()}`);
      const sinceMonday = (midnight.getUTCDay() + 6) % 7;
      const monday = midnight.getTime() - sinceMonday * 86_400_000;
      fc.pre(monday >= 0);
      expect(windowOf('week', date.getTime())).toBe(`week:${monday}`);
      expect(windowOf('all', date.getTime())).toBe('all:0');
    }),
  );
});
