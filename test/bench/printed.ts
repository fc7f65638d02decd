import { type BudgetRow, fromRow, judge, type NotMeasured, type Outcome } from './budgets.ts';
import { type Budget, type Missing, median, type Row, shown } from './rounds.ts';

/** What a bench prints as JSON, as far as it is looked at here. */
type Printed = { readonly bench: string };
type PrintedPairs = Printed & { readonly rows: readonly (Row | Missing)[] };
/** Of a bench that does something large while claims come, and compares with a calm time before. */
type PrintedMeanwhile = Printed & {
  readonly gifts: number;
  readonly seconds: number;
  readonly ratio: number;
  readonly calm: { readonly p99: number };
  readonly busy: { readonly p99: number };
  readonly budget: { readonly rebuildSeconds?: number; readonly latency: number };
};

/** What is promised of figures that their bench shows beside a reference only. */
const ownBudgets: readonly (readonly [row: RegExp, budget: Budget])[] = [
  [/^one projector/, { least: 60_000 }],
];

const fromPair = (row: Row | Missing): BudgetRow | NotMeasured => {
  const found = fromRow(row, 'projecting: ');
  if (found.verdict !== 'no budget' || 'missing' in row) return found;
  const budget = ownBudgets.find(([name]) => name.test(row.what))?.[1];
  return budget ? judge({ ...found, budget }) : found;
};

/** What is done meanwhile, by its bench. */
const doings: Readonly<Record<string, string>> = {
  rebuild: 'numbers are rebuilt',
  settling: 'a day is settled',
};

const fromMeanwhile = (doing: string, printed: PrintedMeanwhile): Outcome['budgets'] => {
  const { gifts, seconds, ratio, calm, busy, budget } = printed;
  const most = budget.rebuildSeconds;
  return [
    judge({
      ...{ row: `${doing}, ${shown(gifts)} gifts, while more come`, ours: seconds, unit: 's' },
      ...(most !== undefined && { budget: { most } }),
    }),
    judge({
      ...{ row: `claim to receipt while ${doing}, p99`, ours: busy.p99, unit: 'ms' },
      reference: { value: calm.p99, what: 'in a calm time before' },
      ...{ ratio, budget: { ratioMost: budget.latency } },
    }),
  ];
};

/** The rows of a bench, from the last line of what it printed. @throws where that is none of a bench */
export const readOutcome = (stdout: string): Outcome => {
  const printed = JSON.parse(stdout.trim().split('\n').at(-1) || '{}') as Printed & Partial<Outcome>;
  if (typeof printed.bench !== 'string') throw new Error('it printed no result');
  const { bench, budgets, cpu } = printed;
  if (budgets) return { bench, budgets, ...(cpu && { cpu }) };
  if ('rows' in printed) return { bench, budgets: (printed as PrintedPairs).rows.map(fromPair) };
  const doing = doings[bench];
  if (doing) return { bench, budgets: fromMeanwhile(doing, printed as PrintedMeanwhile) };
  throw new Error(`it printed no rows of budgets`);
};

const medianRow = (rows: readonly BudgetRow[]): BudgetRow => {
  const [{ row, unit, reference, ratio, budget }] = rows as readonly [BudgetRow];
  return judge({
    ...{ row, unit, ours: median(rows.map(({ ours }) => ours)) },
    ...(reference && {
      reference: { ...reference, value: median(rows.map((each) => each.reference!.value)) },
    }),
    ...(ratio !== undefined && { ratio: median(rows.map((each) => each.ratio!)) }),
    ...(budget && { budget }),
  });
};

/** Several runs of a bench that measures once in a run: the median of each row; the CPU of the last. */
export const medianOutcome = (runs: readonly Outcome[]): Outcome => {
  const last = runs.at(-1)!;
  const budgets = last.budgets.map((row, n) => {
    const each = runs.map((run) => run.budgets[n]!);
    const measured = each.filter((one) => one.verdict !== 'not measured');
    return measured.length === runs.length ? medianRow(measured) : row;
  });
  return { ...last, budgets };
};
