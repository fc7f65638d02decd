import { describe, expect, it } from 'vitest';
import { continueMinutes, maxMinutes } from './minutes.ts';

const asOf = { generation: 'g', position: '10' };
const minute = (n: number) => Date.UTC(2026, 10, 3, 18) + n * 60_000;
const booked = (n: number, millidiamonds: number) => ({ from: minute(n), coins: 1, gifts: 1, millidiamonds });
const read = { asOf, minutes: [booked(0, 1_000), booked(2, 500)] };
const values = (...given: Parameters<typeof continueMinutes>) =>
  continueMinutes(...given).map(({ millidiamonds }) => millidiamonds);

describe('diamonds per minute', () => {
  it('have no holes, and go on to now while the live does', () => {
    expect(values(read, undefined, minute(4) + 5_000, false)).toEqual([1_000, 0, 500, 0, 0]);
    expect(values(read, undefined, minute(90), true)).toEqual([1_000, 0, 500]);
  });

  it('count what came since in the minute that runs, so that they always add up to the totals', () => {
    const totals = { asOf: { generation: 'g', position: '20' }, millidiamonds: 1_800 };
    expect(values(read, totals, minute(3), false)).toEqual([1_000, 0, 500, 300]);
    expect(values(read, totals, minute(2), false)).toEqual([1_000, 0, 800]);
    expect(values(read, totals, minute(50), true)).toEqual([1_000, 0, 800]);
    expect(values({ asOf, minutes: [] }, totals, minute(7), false)).toEqual([1_800]);
  });

  it('take nothing from totals of another generation, or older ones', () => {
    const other = { asOf: { generation: 'h', position: '20' }, millidiamonds: 9_000 };
    expect(values(read, other, minute(2), false)).toEqual([1_000, 0, 500]);
    expect(values(read, { asOf, millidiamonds: 900 }, minute(2), false)).toEqual([1_000, 0, 500]);
  });

  it('are none before the first gift, and bounded in a live without end', () => {
    expect(values({ asOf, minutes: [] }, undefined, minute(3), false)).toEqual([]);
    expect(values(read, undefined, minute(50_000), false)).toHaveLength(maxMinutes);
  });

  it('do not end before what was read, should a clock be behind', () => {
    expect(values(read, undefined, minute(-5), false)).toEqual([1_000, 0, 500]);
  });
});
