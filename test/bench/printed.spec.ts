import { describe, expect, it } from 'vitest';
import { judge, notMeasured } from './budgets.ts';
import { medianOutcome, readOutcome } from './printed.ts';

const read = (printed: object): ReturnType<typeof readOutcome> =>
  readOutcome(`a line before\n${JSON.stringify(printed)}\n`);

describe('what a bench printed', () => {
  it('is taken as it is where it holds rows of budgets', () => {
    const budgets = [judge({ row: 'claims', ours: 5, unit: 'per s' })];
    const cpu = { Carat: { gateway: 0.04 } };
    expect(read({ bench: 'gifts', budgets, cpu, rounds: 3 })).toEqual({ bench: 'gifts', budgets, cpu });
  });

  it('becomes rows where it holds pairs, with what is promised of a figure by itself', () => {
    const pair = { unit: 'per s', against: 'reading', reference: 100_000, isWithin: true } as const;
    const rows = [
      { ...pair, what: 'one projector, all', ours: 50_000, ratio: 0.5 },
      { ...pair, what: 'rebuild', ours: 30_000, ratio: 0.3, budget: { ratio: 0.5 }, isWithin: false },
      { ...pair, what: 'another', ours: 1, ratio: 1 },
    ];
    const { budgets } = read({ bench: 'projections', rows });
    expect(budgets.map(({ verdict }) => verdict)).toEqual(['short', 'short', 'no budget']);
    expect(budgets[0]).toMatchObject({ row: 'projecting: one projector, all', budget: { least: 60_000 } });
  });

  it('becomes rows where it is a rebuild', () => {
    const budget = { rebuildSeconds: 20, latency: 2 };
    const printed = { bench: 'rebuild', gifts: 1_000, seconds: 21, ratio: 1.5, budget };
    const { budgets } = read({ ...printed, calm: { p99: 10 }, busy: { p99: 15 } });
    expect(budgets).toMatchObject([
      { ours: 21, unit: 's', verdict: 'short' },
      { ours: 15, reference: { value: 10 }, ratio: 1.5, verdict: 'pass' },
    ]);
  });

  it('becomes rows where it is a day that is settled, of which only the wait of others is promised', () => {
    const printed = { bench: 'settling', gifts: 1_000, seconds: 21, ratio: 2.5, budget: { latency: 2 } };
    const { budgets } = read({ ...printed, calm: { p99: 10 }, busy: { p99: 25 } });
    expect(budgets.map(({ verdict }) => verdict)).toEqual(['no budget', 'short']);
  });

  it('is refused where it is nothing of a bench', () => {
    expect(() => readOutcome('')).toThrow('no result');
    expect(() => readOutcome('not JSON')).toThrow();
    expect(() => read({ bench: 'gifts' })).toThrow('no rows');
  });
});

describe('several runs', () => {
  const run = (ours: number, reference: number) => ({
    bench: 'rebuild',
    budgets: [
      judge({
        ...{ row: 'rebuild', ours, unit: 's', budget: { most: 20 } },
        reference: { value: reference, what: 'calm' },
      }),
      notMeasured('other', 'no server'),
    ],
  });

  it('come to the median of each row, judged anew', () => {
    const { budgets } = medianOutcome([run(30, 1), run(10, 2), run(18, 30)]);
    expect(budgets[0]).toMatchObject({ ours: 18, reference: { value: 2 }, verdict: 'pass' });
    expect(budgets[1]).toMatchObject({ verdict: 'not measured' });
  });
});
