import { describe, expect, it } from 'vitest';
import { cellsOf, cpuLines, fromRow, judge, notMeasured, timesMet } from './budgets.ts';
import { layOut } from './rounds.ts';

const rate = { row: 'claims', unit: 'per s' } as const;
const against = (value: number) => ({ value, what: 'a bare echo' });

describe('a verdict', () => {
  it.each([
    [{ ratio: 0.5 }, 50, 'pass'],
    [{ ratio: 0.5 }, 49, 'short'],
    [{ ratioMost: 1.3 }, 130, 'pass'],
    [{ ratioMost: 1.3 }, 131, 'short'],
    [{ least: 60 }, 60, 'pass'],
    [{ least: 60 }, 59, 'short'],
    [{ most: 10 }, 10, 'pass'],
    [{ most: 10 }, 11, 'short'],
  ] as const)('by %o of %d is %s', (budget, ours, verdict) => {
    expect(judge({ ...rate, ours, reference: against(100), budget }).verdict).toBe(verdict);
  });

  it('goes by the ratio of the rounds where that is given', () => {
    const row = { ...rate, ours: 40, reference: against(100), budget: { ratio: 0.5 } };
    expect(judge({ ...row, ratio: 0.6 })).toMatchObject({ ratio: 0.6, verdict: 'pass' });
    expect(judge(row)).toMatchObject({ ratio: 0.4, verdict: 'short' });
  });

  it('is none without a budget, and short where the ratio that counts is missing', () => {
    expect(judge({ ...rate, ours: 1 })).toEqual({ ...rate, ours: 1, verdict: 'no budget' });
    expect(judge({ ...rate, ours: 1, budget: { ratio: 0.5 } }).verdict).toBe('short');
  });

  it('is judged before figures are rounded', () => {
    expect(judge({ ...rate, ours: 60_000.4, budget: { most: 60_000 } })).toMatchObject({
      ours: 60_000,
      verdict: 'short',
    });
  });
});

describe('how often a budget is met', () => {
  it('is one where it is just met, and more where it is better, whichever way it goes', () => {
    const times = (ours: number, budget: object): number | undefined =>
      timesMet(judge({ ...rate, ours, reference: against(100), budget: budget as { most: number } }));
    expect(times(50, { ratio: 0.5 })).toBe(1);
    expect(times(65, { ratioMost: 1.3 })).toBe(2);
    expect(times(30, { least: 60 })).toBe(0.5);
    expect(times(5, { most: 10 })).toBe(2);
    expect(timesMet(judge({ ...rate, ours: 1 }))).toBeUndefined();
    expect(timesMet(notMeasured('claims', 'no server'))).toBeUndefined();
  });
});

describe('a row', () => {
  it('is shown with its units, its reference and its verdict', () => {
    const row = judge({ ...rate, ours: 19_712.3, reference: against(66_900), budget: { ratio: 0.5 } });
    expect(cellsOf(row)).toEqual([
      'claims',
      '19,712 per s',
      '66,900 per s: a bare echo',
      '0.295',
      '≥ 0.5 ×',
      'short',
    ]);
    expect(cellsOf(judge({ ...rate, ours: 3 }))).toEqual(['claims', '3 per s', '', '', '', '']);
    expect(cellsOf(notMeasured('claims', 'no server'))[1]).toBe('not measured: no server');
  });

  it('is taken over from a bench of pairs, missing ones too', () => {
    const pair = { what: 'append', unit: 'per s', ours: 5, against: 'inserts', reference: 10 } as const;
    const row = { ...pair, ratio: 0.5, budget: { ratio: 0.7 }, isWithin: false };
    expect(fromRow(row, 'SQLite: ')).toEqual({
      ...{ row: 'SQLite: append', ours: 5, unit: 'per s', ratio: 0.5, budget: { ratio: 0.7 } },
      ...{ reference: { value: 10, what: 'inserts' }, verdict: 'short' },
    });
    expect(fromRow({ ...row, budget: undefined, isWithin: true }).verdict).toBe('no budget');
    expect(fromRow({ what: 'append', missing: 'no server' })).toEqual(notMeasured('append', 'no server'));
  });
});

describe('a table', () => {
  it('has columns as wide as what is in them', () => {
    expect(layOut(['a', 'bb'], [['ccc', 'd']])).toBe('| a   | bb |\n|-----|----|\n| ccc | d  |');
  });

  it('shows the CPU of every process, and of all together', () => {
    const lines = cpuLines({ gifts: { gateway: 0.04, redis: 0.01 } });
    expect(lines.map(([, process, seconds, bar]) => [process, seconds, bar!.length])).toEqual([
      ['gateway', '0.0400', 24],
      ['redis', '0.0100', 6],
      ['together', '0.0500', 0],
    ]);
  });
});
