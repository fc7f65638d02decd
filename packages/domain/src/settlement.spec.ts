import { describe, expect, it } from 'vitest';
import { balanceOf, settleDiamonds } from './earnings.ts';
import {
  closeDay,
  evolveSettlement,
  finishDay,
  initialSettlement,
  isAvailable,
  unsettledDays,
} from './settlement.ts';
import { ann, dayClosed, decided, noon } from './testing/redeeming.ts';

const minute = 60_000;
const command = { holdDays: 7, graceMs: 5 * minute, now: noon };
const midnight = Date.parse('2026-11-23T00:00:00Z');
const after = (...events: ReturnType<typeof dayClosed>[]) =>
  events.reduce(evolveSettlement, initialSettlement);

describe('a day', () => {
  it('is closed some minutes after its end, once, however many try', () => {
    const early = { ...command, now: midnight + 5 * minute - 1 };
    expect(closeDay(early, initialSettlement).events).toEqual([]);
    const events = closeDay({ ...command, now: midnight + 5 * minute }, initialSettlement).events;
    expect(events).toMatchObject([{ data: { day: '2026-11-22', previous: null, holdDays: 7 } }]);
    expect(closeDay(command, after(...events)).events).toEqual([]);
  });

  it('that was missed is closed with the day before the one in which it is noticed', () => {
    const { events } = closeDay(command, after(dayClosed('2026-11-10')));
    expect(events).toMatchObject([{ data: { day: '2026-11-22', previous: '2026-11-10' } }]);
  });

  it('is not closed again by a clock that was set back', () => {
    const closed = after(dayClosed('2026-11-22'));
    expect(closeDay({ ...command, now: noon - 5 * 86_400_000 }, closed).events).toEqual([]);
  });
});

describe('what was settled', () => {
  it('becomes available with the first day closed that is as much later as the hold', () => {
    const until = (day: string) => after(dayClosed('2026-11-10'), dayClosed(day));
    expect(isAvailable(until('2026-11-16'), '2026-11-10')).toBe(false);
    expect(isAvailable(until('2026-11-17'), '2026-11-10')).toBe(true);
    // After a standstill: what was earned before it and not yet settled is of the day that closes it.
    expect(isAvailable(until('2026-12-31'), '2026-12-31')).toBe(false);
  });

  it('stays available where the hold is made longer', () => {
    const longer = after(dayClosed('2026-11-20', 1), dayClosed('2026-11-21', 30));
    expect(longer.availableThrough).toBe('2026-11-19');
  });

  it('of a day is booked once; another sum of it, or a day not closed, is a defect', () => {
    const earned = {
      creator: 'ann',
      day: '2026-11-22',
      gifts: 2,
      coins: 5n,
      millidiamonds: 5_000n,
      hash: 'a',
    };
    const closed = after(dayClosed('2026-11-22'));
    const settle = (change: object, earnings = ann(1)) =>
      settleDiamonds({ ...earned, ...change }, noon, earnings, closed);
    expect(decided(settle({}))).toMatchObject([{ data: { coins: '5', millidiamonds: '5000', at: noon } }]);
    const again = { day: '2026-11-01', hash: 'a'.repeat(64) };
    expect(settle(again)).toEqual({ refused: false, events: [] });
    expect(settle({ day: '2026-11-01' })).toEqual({ refused: true, refusal: 'day_settled_otherwise' });
    expect(settle({ day: '2026-11-23' })).toEqual({ refused: true, refusal: 'day_not_closed' });
  });

  it('is held or available by the days closed alone', () => {
    const earnings = ann(30, 12);
    const closed = after(dayClosed('2026-11-21'));
    expect(balanceOf(earnings, closed)).toMatchObject({ available: 30_000n, held: 12_000n });
    const later = evolveSettlement(closed, dayClosed('2026-11-28'));
    expect(balanceOf(earnings, later)).toMatchObject({ available: 42_000n, held: 0n });
  });
});

describe('days', () => {
  const sums = { creators: 1, gifts: 1, coins: '1', millidiamonds: '1', now: noon };

  it('are finished one after the other, each once', () => {
    const two = after(dayClosed('2026-11-20'), dayClosed('2026-11-22'));
    expect(finishDay({ ...sums, day: '2026-11-22' }, two)).toEqual({
      refused: true,
      refusal: 'day_not_next',
    });
    const [first] = decided(finishDay({ ...sums, day: '2026-11-20' }, two));
    const one = evolveSettlement(two, first!);
    expect(unsettledDays(one)).toEqual(['2026-11-22']);
    expect(finishDay({ ...sums, day: '2026-11-20' }, one)).toEqual({ refused: false, events: [] });
    expect(decided(finishDay({ ...sums, day: '2026-11-22' }, one))).toHaveLength(1);
  });
});
