import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@carat/local';
import { budgetHeads, type CpuTable, cellsOf, cpuHeads, cpuLines, type Outcome } from './budgets.ts';
import { drawChart } from './chart.ts';
import { type Host, showHost } from './host.ts';
import { layOut } from './rounds.ts';

/** What the last whole run of a bench found, and how it was run. */
export type Result = Outcome & {
  readonly at: string;
  readonly command: string;
  readonly seconds: number;
  readonly host: Host;
};

const docs = join(projectRoot, 'docs');
const files = {
  results: join(docs, 'benchmarks.json'),
  chart: join(docs, 'benchmarks.svg'),
  page: join(docs, 'benchmarks.md'),
};
const markers = { begin: '<!-- bench:begin -->', end: '<!-- bench:end -->' };

const hasFigures = ({ budgets }: Result): boolean => budgets.some((row) => row.verdict !== 'not measured');

/**
 * New results in the place of older ones of the same benches, in the order of the benches. One without any
 * figure, as a server was missing, replaces none that has some.
 */
export const mergeResults = (
  kept: readonly Result[],
  found: readonly Result[],
  order: readonly string[],
): Result[] => {
  const latest = new Map<string, Result>();
  for (const result of [...kept, ...found]) {
    if (hasFigures(result) || !latest.has(result.bench)) latest.set(result.bench, result);
  }
  return order.flatMap((bench) => latest.get(bench) ?? []);
};

/** Which benches were run by which command, when, on what: a line each. */
const originsOf = (results: readonly Result[]): string[] => {
  const benches = new Map<string, string[]>();
  for (const { bench, at, command, host } of results) {
    const origin = `\`${command}\`, ${at}; ${showHost(host)}`;
    benches.set(origin, [...(benches.get(origin) ?? []), bench]);
  }
  if (benches.size === 1) return [`${[...benches.keys()][0]}.`];
  return [...benches].map(([origin, names]) => `* ${names.join(', ')}: ${origin}`);
};

/** All results as a part of a page: how they came about, a chart, and tables. */
export const showResults = (results: readonly Result[]): string => {
  const rows = results.flatMap(({ budgets }) => budgets);
  const cpu: CpuTable = Object.assign({}, ...results.map((result) => result.cpu ?? {}));
  const minutes = Math.round(results.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
  return [
    ...originsOf(results),
    `Together ${minutes} minutes. The chart says how many times over each budget is met.`,
    '![How many times over each budget is met](benchmarks.svg)',
    layOut(budgetHeads, rows.map(cellsOf)),
    ...(Object.keys(cpu).length > 0
      ? ['CPU-seconds per 1,000 gifts of every process:', layOut(cpuHeads, cpuLines(cpu))]
      : []),
  ].join('\n\n');
};

/** The page with a part between its markers. @throws where it has none */
export const putBetweenMarkers = (page: string, part: string): string => {
  const [begin, end] = [page.indexOf(markers.begin), page.indexOf(markers.end)];
  if (begin < 0 || end < begin) throw new Error(`${files.page} has no ${markers.begin} and ${markers.end}.`);
  return `${page.slice(0, begin + markers.begin.length)}\n\n${part}\n\n${page.slice(end)}`;
};

/**
 * Keeps what was found in `docs/`, beside what is kept of other benches: as JSON, as a chart, on the page.
 */
export const keepResults = (found: readonly Result[], order: readonly string[]): void => {
  const kept: Result[] = existsSync(files.results) ? JSON.parse(readFileSync(files.results, 'utf8')) : [];
  const results = mergeResults(kept, found, order);
  const page = putBetweenMarkers(readFileSync(files.page, 'utf8'), showResults(results));
  writeFileSync(files.results, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(files.chart, drawChart(results.flatMap(({ budgets }) => budgets)));
  writeFileSync(files.page, page);
};
