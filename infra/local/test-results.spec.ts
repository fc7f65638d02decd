import { expect, test } from 'vitest';
import { countTask, countTests, tell } from './test-results.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});
const ended = (exitCode: number) => ({ task: 'unit', execution: { exitCode } });

test('tests are counted over all files, skipped ones not', () => {
  const report = {
    testResults: [file('passed', 'passed', 'skipped'), file('failed', 'passed', 'failed', 'failed')],
  };
  expect(countTests(report)).toEqual({ passed: 2, failed: 2 });
});

test('a file that could not be loaded is one failure', () => {
  expect(countTests({ testResults: [file('failed'), file('passed', 'passed')] })).toEqual({
    passed: 1,
    failed: 1,
  });
});

test('a task without tests counts as one', () => {
  expect(countTask(ended(0), undefined)).toEqual({ passed: 1, failed: 0 });
  expect(countTask(ended(2), undefined)).toEqual({ passed: 0, failed: 1 });
});

test('a task whose outcome is remembered counts as it did', () => {
  expect(countTask({ task: 'lint', cache: { status: 'HIT' } }, undefined)).toEqual({ passed: 1, failed: 0 });
});

test('a task that failed although its tests passed is one failure more', () => {
  const report = { testResults: [file('passed', 'passed')] };
  expect(countTask(ended(1), report)).toEqual({ passed: 1, failed: 1 });
  expect(countTask(ended(0), report)).toEqual({ passed: 1, failed: 0 });
});

test('a task that was never begun is a failure', () => {
  expect(countTask(undefined, undefined)).toEqual({ passed: 0, failed: 1 });
});

test('the outcome is one line, and nothing passed is no success', () => {
  expect(
    tell([
      { passed: 3, failed: 0 },
      { passed: 4, failed: 1 },
    ]),
  ).toEqual({ line: '7 passed, 1 failed', ok: false });
  expect(tell([{ passed: 7, failed: 0 }])).toEqual({ line: '7 passed, 0 failed', ok: true });
  expect(tell([])).toEqual({ line: '0 passed, 0 failed', ok: false });
});
