import { cpus, totalmem } from 'node:os';

/** What is measured beside what, in the same run. Both answer one figure, per second or in ms. */
export type Pair = {
  readonly what: string;
  readonly unit: 'per s' | 'ms' | 'µs';
  readonly ours: () => Promise<number>;
  readonly reference: () => Promise<number>;
  readonly against: string;
  readonly budget: Budget | undefined;
};

/**
 * The least that our figure may be of the reference's, or the most; the least or the most that it may be by
 * itself.
 */
export type Budget =
  | { readonly ratio: number }
  | { readonly ratioMost: number }
  | { readonly least: number }
  | { readonly most: number };

export type Row = {
  readonly what: string;
  readonly unit: 'per s' | 'ms' | 'µs';
  readonly ours: number;
  readonly against: string;
  readonly reference: number;
  readonly ratio: number;
  readonly budget: Budget | undefined;
  readonly isWithin: boolean;
};

/** Something that was not measured, and why. */
export type Missing = { readonly what: string; readonly missing: string };

/** The middle one, or between the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
};

export const shown = (value: number): string => value.toLocaleString('en');

/** As many digits as mean anything. */
export const digits = (value: number): number =>
  value < 100 ? Number(value.toPrecision(3)) : Math.round(value);

/** Whether a figure of ours, and its ratio to the reference, is what was promised. */
export const isInside = (budget: Budget, ours: number, ratio: number | undefined): boolean => {
  if ('most' in budget) return ours <= budget.most;
  if ('least' in budget) return ours >= budget.least;
  if (ratio === undefined) return false;
  return 'ratio' in budget ? ratio >= budget.ratio : ratio <= budget.ratioMost;
};

/** What is promised, as it is shown. */
export const showBudget = (budget: Budget, unit: string): string => {
  if ('most' in budget) return `≤ ${shown(budget.most)} ${unit}`;
  if ('least' in budget) return `≥ ${shown(budget.least)} ${unit}`;
  return 'ratio' in budget ? `≥ ${budget.ratio} ×` : `≤ ${budget.ratioMost} ×`;
};

/** Several kinds of measurement in turns, A B A B: first rounds that are dropped, then so many. */
export const takeTurns = async <K extends string, T>(
  rounds: number,
  dropped: number,
  kinds: Readonly<Record<K, () => Promise<T>>>,
): Promise<Record<K, T>[]> => {
  const kept: Record<K, T>[] = [];
  for (let round = -dropped; round < rounds; round++) {
    const measured = {} as Record<K, T>;
    for (const kind of Object.keys(kinds) as K[]) measured[kind] = await kinds[kind]();
    if (round >= 0) kept.push(measured);
  }
  return kept;
};

/** Ours and the reference in turns: a first round that is dropped, then so many, of which the medians. */
export const measure = async (pair: Pair, rounds: number): Promise<Row> => {
  const [ours, reference]: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round++) {
    const figures = [await pair.ours(), await pair.reference()] as const;
    if (round < 0) continue;
    ours.push(figures[0]);
    reference.push(figures[1]);
  }
  const { what, unit, against, budget } = pair;
  const ratio = median(ours.map((value, n) => value / reference[n]!));
  const isWithin = budget === undefined || isInside(budget, median(ours), ratio);
  return {
    what,
    unit,
    ours: digits(median(ours)),
    against,
    reference: digits(median(reference)),
    ratio: digits(ratio),
    budget,
    isWithin,
  };
};

/** What the figures were measured on. */
export const machine = () => ({
  cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  node: process.versions.node,
  sqlite: process.versions.sqlite,
  at: new Date().toISOString().slice(0, 10),
});

const verdictOf = ({ unit, budget, isWithin }: Row): string => {
  if (budget === undefined) return '';
  const wanted = showBudget(budget, unit);
  return isWithin ? wanted : `${wanted}: short`;
};

/** A table of Markdown that also reads as it is. */
export const layOut = (heads: readonly string[], lines: readonly (readonly string[])[]): string => {
  const all = [heads, ...lines];
  const widths = heads.map((_, column) => Math.max(...all.map((line) => line[column]!.length)));
  const [head, ...body] = all.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`,
  );
  return [head, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body].join('\n');
};

/** Rows as a table of Markdown. */
export const tableOf = (rows: readonly (Row | Missing)[]): string => {
  const lines = rows.map((row) =>
    'missing' in row
      ? [row.what, `not measured: ${row.missing}`, '', '', '']
      : [
          row.what,
          `${shown(row.ours)} ${row.unit}`,
          `${shown(row.reference)} ${row.unit} (${row.against})`,
          String(row.ratio),
          verdictOf(row),
        ],
  );
  return layOut(['what', 'ours', 'reference', 'ratio', 'budget'], lines);
};
