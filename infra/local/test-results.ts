/** How many of something passed and failed. */
export type Tally = { readonly passed: number; readonly failed: number };

/** The part of vitest's JSON report that is counted. */
export type VitestReport = {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
};

/** The part of Turborepo's run summary that is counted; a task that was never begun has no execution. */
export type TaskSummary = {
  readonly task: string;
  readonly execution?: { readonly exitCode: number | null };
  readonly cache?: { readonly status: string };
};

const sum = (tallies: readonly Tally[]): Tally => ({
  passed: tallies.reduce((total, { passed }) => total + passed, 0),
  failed: tallies.reduce((total, { failed }) => total + failed, 0),
});

/** Counts the tests of a report; a file that failed without a failed test of its own counts as one. */
export const countTests = ({ testResults }: VitestReport): Tally =>
  sum(
    testResults.map(({ status, assertionResults }) => {
      const passed = assertionResults.filter((test) => test.status === 'passed').length;
      const failed = assertionResults.filter((test) => test.status === 'failed').length;
      return { passed, failed: status === 'failed' ? Math.max(failed, 1) : failed };
    }),
  );

const succeeded = (summary: TaskSummary | undefined): boolean =>
  summary?.execution?.exitCode === 0 || summary?.cache?.status === 'HIT';

/**
 * Counts a task: by its tests where it has a report, as one otherwise. A task that failed although no test of
 * it did, or that left no report, counts as one failure: it crashed.
 */
export const countTask = (summary: TaskSummary | undefined, report: VitestReport | undefined): Tally => {
  const tests = report ? countTests(report) : { passed: succeeded(summary) ? 1 : 0, failed: 0 };
  return succeeded(summary) ? tests : { ...tests, failed: Math.max(tests.failed, 1) };
};

/** The line that tells the outcome of all: `N passed, N failed`. */
export const tell = (tallies: readonly Tally[]): { line: string; ok: boolean } => {
  const { passed, failed } = sum(tallies);
  return { line: `${passed} passed, ${failed} failed`, ok: failed === 0 && passed > 0 };
};
