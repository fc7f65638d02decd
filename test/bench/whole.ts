import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { notMeasured, type Outcome, printOutcome } from './budgets.ts';
import { describeHost, type Host, loadOf, showHost } from './host.ts';
import { keepResults, type Result } from './kept-results.ts';
import { medianOutcome, readOutcome } from './printed.ts';
import { type Step, steps } from './whole-steps.ts';

const main = join(import.meta.dirname, 'main.ts');
const order = steps.map(({ bench }) => bench);

const usage = `usage: npm run bench -- [--only <bench>,…] [--quick] [--write] [--json]
       npm run bench -- <bench> [--json] [its own options]

  --only   these benches alone
  --quick  a smoke run of minutes, whose figures say nothing
  --write  keep the figures in docs/benchmarks.md, .svg and .json, bench by bench
  --json   all of it as one line of JSON

Benches: ${order.slice(0, 8).join(', ')},
         ${order.slice(8).join(', ')}
`;

const options = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  only: { type: 'string' },
} as const;

/** What was asked for, or why that makes no sense. */
const readArgs = (args: readonly string[]) => {
  try {
    const { values } = parseArgs({ args: [...args], options });
    const only = values.only?.split(',');
    const unknown = only?.filter((name) => !order.includes(name)) ?? [];
    if (unknown.length > 0) return { wrong: `There is no bench ${unknown.join(', ')}.` };
    if (values.quick && values.write) return { wrong: 'A quick run is not kept: leave out --write.' };
    return { ...values, steps: steps.filter(({ bench }) => only?.includes(bench) ?? true) };
  } catch (error) {
    return { wrong: (error as Error).message };
  }
};

/** Another process, so that no bench is measured in the heap that another left behind. */
const runOnce = async (bench: string, args: readonly string[]): Promise<Outcome> => {
  const child = spawn(process.execPath, [main, bench, '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`it ended with exit code ${code}`);
  return readOutcome(stdout);
};

const runStep = async (step: Step, isQuick: boolean): Promise<Outcome> => {
  const outcomes: Outcome[] = [];
  const runs = isQuick ? 1 : (step.runs ?? 1);
  for (let n = 0; n < runs; n++) outcomes.push(await runOnce(step.bench, isQuick ? step.quick : step.whole));
  return medianOutcome(outcomes);
};

type Run = {
  readonly steps: readonly Step[];
  readonly isQuick: boolean;
  readonly command: string;
  readonly host: Host;
  onOutcome(outcome: Outcome): void;
  onResult(result: Result): void;
};

/** Runs benches one after the other; one that fails does not keep the others from running. */
const runAll = async ({ steps, isQuick, command, host, onOutcome, onResult }: Run) => {
  const results: Result[] = [];
  const failed: Outcome[] = [];
  for (const step of steps) {
    const [began, load] = [performance.now(), loadOf()];
    try {
      const outcome = await runStep(step, isQuick);
      const seconds = Math.round((performance.now() - began) / 1_000);
      process.stderr.write(`${step.bench}: ${seconds} s, load ${load} before\n`);
      const result = { ...outcome, at: host.at, command, seconds, host };
      results.push(result);
      onOutcome(outcome);
      onResult(result);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const outcome = { bench: step.bench, budgets: [notMeasured(step.bench, why)] };
      failed.push(outcome);
      onOutcome(outcome);
    }
  }
  return { results, failed };
};

const summaryOf = (outcomes: readonly Outcome[]): string => {
  const rows = outcomes.flatMap(({ budgets }) => budgets);
  const count = (verdict: string): number => rows.filter((row) => row.verdict === verdict).length;
  const [pass, short, missing] = [count('pass'), count('short'), count('not measured')];
  return `${pass + short} budgets: ${pass} pass, ${short} short; ${missing} rows not measured`;
};

/**
 * `npm run bench`: every row of the budgets, one bench after the other, each in a process of its own. Exit
 * code 1 where a bench could not be run, 2 for options that make no sense; a budget that is short is a
 * finding and no failure.
 */
export const benchAll = async (args: readonly string[]): Promise<void> => {
  const asked = readArgs(args);
  if ('wrong' in asked) {
    process.stderr.write(`${asked.wrong}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (asked.help) return void process.stdout.write(usage);
  const host = await describeHost();
  if (!asked.json) console.log(`${host.at}, ${showHost(host)}`);
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  const { results, failed } = await runAll({
    ...{ steps: asked.steps, isQuick: asked.quick, command, host },
    onOutcome(outcome) {
      if (asked.json) return;
      console.log(`\n${outcome.bench}\n`);
      printOutcome(outcome, false);
    },
    // Each at once: whoever ends a long run early keeps what it has found.
    onResult: (result) => asked.write && keepResults([result], order),
  });
  if (failed.length > 0) process.exitCode = 1;
  if (asked.json) return console.log(JSON.stringify({ bench: 'all', command, host, results, failed }));
  const note = asked.quick ? '; a quick run, whose figures say nothing' : '';
  console.log(`\n${summaryOf([...results, ...failed])}${note}`);
};
