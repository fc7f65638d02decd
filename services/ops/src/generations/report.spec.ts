import type { RebuildReport } from '@carat/read-models';
import { expect, it } from 'vitest';
import { describeRebuild } from './report.ts';

const report: RebuildReport = {
  generation: 'b',
  replaces: 'a',
  phase: 'ready',
  events: 1_580,
  perSecond: 10,
  remaining: 0,
  position: '1582',
  head: '1582',
  differences: 0,
  fault: null,
  since: Date.UTC(2026, 10, 23, 15, 57),
  at: Date.UTC(2026, 10, 23, 16, 0),
};

it('tells how long filling took, and a rate only of a second or more', () => {
  const [slow] = describeRebuild({ report, filled: { events: 3_000, ms: 2_000 } }, false, []);
  expect(slow).toBe('Filled anew: 3,000 events in 2.0 s (1,500/s).');
  const [quick] = describeRebuild({ report, filled: { events: 1, ms: 10 } }, false, []);
  expect(quick).toBe('Filled anew: 1 event.');
  expect(describeRebuild({ report, filled: undefined }, false, [])[0]).toBe('Filled anew: 1,580 events.');
});

it('does not take the age of what was there already for the time of filling', () => {
  const lines = describeRebuild({ report: { ...report, differences: 1 }, filled: undefined }, true, ['x']);
  expect(lines).toEqual([
    'Generation b was there already,',
    '  filled and compared from 2026-11-23 15:57:00 on; carat drop drops it.',
    'Compared with what was read then: 1 number differs.',
    '  x',
  ]);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

it('says what could not be compared', () => {
  const lines = describeRebuild(
    { report: { ...report, differences: null, fault: 'it is incomplete' }, filled: undefined },
    false,
    [],
  );
  expect(lines.at(-1)).toBe('Not compared: it is incomplete.');
});
