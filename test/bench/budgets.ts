import {
  type Budget,
  digits,
  isInside,
  layOut,
  type Missing,
  type Row,
  showBudget,
  shown,
} from './rounds.ts';

/** What a figure counts; `''` where it is a plain ratio. */
export type Unit = 'per s' | 'ms' | 's' | 'µs' | 'bytes' | 'KiB' | 'MiB' | '%' | '';

/** A row of the budgets as it was measured: what `npm run bench` prints for every one of them. */
export type BudgetRow = {
  readonly row: string;
  readonly ours: number;
  readonly unit: Unit;
  /** What ours is held against, measured in the same run. */
  readonly reference?: { readonly value: number; readonly what: string };
  /** Ours by the reference. */
  readonly ratio?: number;
  readonly budget?: Budget;
  readonly verdict: 'pass' | 'short' | 'no budget';
};

/** A row that could not be measured, and why. */
export type NotMeasured = { readonly row: string; readonly verdict: 'not measured'; readonly why: string };

/** CPU-seconds per 1,000 gifts of every process, by what was run. */
export type CpuTable = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What every bench hands on with `--json`, beside figures of its own. */
export type Outcome = {
  readonly bench: string;
  readonly budgets: readonly (BudgetRow | NotMeasured)[];
  readonly cpu?: CpuTable;
};

type Figures = Omit<BudgetRow, 'verdict'>;

/**
 * Says of a figure whether it is what was promised.
 * @param ratio the median of the rounds' ratios, where each has one
 */
export const judge = ({ row, ours, unit, reference, ratio, budget }: Figures): BudgetRow => {
  const of = ratio ?? (reference && ours / reference.value);
  const isWithin = budget === undefined ? undefined : isInside(budget, ours, of);
  return {
    row,
    ours: digits(ours),
    unit,
    ...(reference && { reference: { ...reference, value: digits(reference.value) } }),
    ...(of !== undefined && { ratio: digits(of) }),
    ...(budget && { budget }),
    verdict: isWithin === undefined ? 'no budget' : isWithin ? 'pass' : 'short',
  };
};

export const notMeasured = (row: string, why: string): NotMeasured => ({ row, verdict: 'not measured', why });

/** A row of a bench that measures pairs. @param prefix goes before its name */
export const fromRow = (row: Row | Missing, prefix = ''): BudgetRow | NotMeasured => {
  if ('missing' in row) return notMeasured(prefix + row.what, row.missing);
  const { what, unit, ours, against, reference, ratio, budget, isWithin } = row;
  return {
    row: prefix + what,
    ...{ ours, unit, reference: { value: reference, what: against }, ratio },
    ...(budget && { budget }),
    verdict: budget === undefined ? 'no budget' : isWithin ? 'pass' : 'short',
  };
};

/** How many times over a budget is met; 1 is just met, undefined where there is none to meet. */
export const timesMet = (row: BudgetRow | NotMeasured): number | undefined => {
  if (row.verdict === 'not measured' || row.budget === undefined) return undefined;
  const { ours, ratio = Number.NaN, budget } = row;
  // Nothing at all, or less than that, is as good as can be.
  if ('most' in budget)
    return ours <= Math.min(0, budget.most) ? Number.POSITIVE_INFINITY : budget.most / ours;
  if ('least' in budget) return ours / budget.least;
  return 'ratio' in budget ? ratio / budget.ratio : budget.ratioMost / ratio;
};

const withUnit = (value: number, unit: Unit): string => `${shown(value)} ${unit}`.trim();

/** A row as the cells of a table: what, ours, the reference, the ratio, the budget, the verdict. */
export const cellsOf = (row: BudgetRow | NotMeasured): string[] => {
  if (row.verdict === 'not measured') return [row.row, `not measured: ${row.why}`, '', '', '', ''];
  const { ours, unit, reference, ratio, budget, verdict } = row;
  return [
    row.row,
    withUnit(ours, unit),
    reference ? `${withUnit(reference.value, unit)}: ${reference.what}` : '',
    ratio === undefined ? '' : shown(ratio),
    budget ? showBudget(budget, unit) : '',
    verdict === 'no budget' ? '' : verdict,
  ];
};

export const budgetHeads = ['what', 'ours', 'reference', 'ratio', 'budget', 'verdict'] as const;

/** The CPU of every process as lines of a table, the dearest process of each run as a full bar. */
export const cpuLines = (cpu: CpuTable): string[][] =>
  Object.entries(cpu).flatMap(([run, processes]) => {
    const most = Math.max(...Object.values(processes));
    const lines = Object.entries(processes).map(([name, seconds]) => {
      const bar = '█'.repeat(Math.round((barLength * seconds) / most));
      return [run, name, seconds.toFixed(4), bar];
    });
    const all = Object.values(processes).reduce((sum, seconds) => sum + seconds, 0);
    return [...lines, [run, 'together', all.toFixed(4), '']];
  });

const barLength = 24;

export const cpuHeads = ['run', 'process', 'CPU-s per 1,000 gifts', ''] as const;

/** Prints what a bench found: a line of JSON, or tables. */
export const printOutcome = (outcome: Outcome, json: boolean): void => {
  if (json) return console.log(JSON.stringify(outcome));
  console.log(layOut(budgetHeads, outcome.budgets.map(cellsOf)));
  if (outcome.cpu) console.log(`\n${layOut(cpuHeads, cpuLines(outcome.cpu))}`);
};
