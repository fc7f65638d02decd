import { expect, it } from 'vitest';
import type { Traveller } from './lanes.ts';
import { judge } from './verdicts.ts';

const traveller = (expected: Readonly<Record<string, number>>, isDoubtful = false): Traveller => ({
  append: {
    writes: Object.entries(expected).map(([stream, after]) => ({ stream, after, events: [] })),
    events: 1,
    bytes: 1,
  },
  since: 0,
  resolve: () => {},
  reject: () => {},
  ahead: 0,
  isDoubtful,
  goesAlone: false,
  turnedBack: 0,
});

it('tells offenders from their companions', () => {
  const group = [traveller({ a: 4 }), traveller({ b: 3, c: -1 }), traveller({ d: 7 }), traveller({ e: -1 })];
  const violations = [
    { check: 2, actual: 5 },
    { check: 3, actual: -1 },
    { check: 4, actual: 0 },
  ];
  expect(judge(group, violations)).toEqual([
    { kind: 'innocent' },
    { kind: 'conflict', conflicts: [{ stream: 'c', expected: 'no_stream', actual: 5 }] },
    { kind: 'conflict', conflicts: [{ stream: 'd', expected: 7, actual: 'no_stream' }] },
    { kind: 'perhaps_repeated' },
  ]);
});

it('takes the word of the server for an append that went alone', () => {
  expect(
    judge(
      [traveller({ a: 1, b: 2 })],
      [
        { check: 0, actual: 4 },
        { check: 1, actual: 4 },
      ],
    ),
  ).toEqual([
    {
      kind: 'conflict',
      conflicts: [
        { stream: 'a', expected: 1, actual: 4 },
        { stream: 'b', expected: 2, actual: 4 },
      ],
    },
  ]);
});

it('never answers what a late sending could still make wrong', () => {
  const behind = [{ check: 0, actual: 2 }];
  expect(judge([traveller({ a: 5 }, true)], behind)).toMatchObject([
    { kind: 'failed', error: { code: 'outcome_unknown' } },
  ]);
  expect(judge([traveller({ a: 5, b: 1 }, true)], [...behind, { check: 1, actual: 2 }])).toMatchObject([
    { kind: 'conflict' },
  ]);
  expect(judge([traveller({ a: 5 })], behind)).toMatchObject([{ kind: 'conflict' }]);
});

it('calls a stream that was deleted damage', () => {
  expect(judge([traveller({ a: 5 }), traveller({ b: 1 })], [{ check: 0, actual: -6 }])).toMatchObject([
    { kind: 'failed', error: { code: 'damaged' } },
    { kind: 'innocent' },
  ]);
});
