import { describe, expect, it } from 'vitest';
import { sayBehind, sayRebuild, standOf, verdictOf } from './stands.ts';

const checkpoint = { position: '5', event: 'e', application: 'a', torn: false, complete: true };
const unit = (changes: object = {}, stoppedAt: null | object = null) =>
  ({ unit: 'boards', checkpoint: { ...checkpoint, ...changes }, stoppedAt }) as Parameters<typeof standOf>[0];
const progress = { behind: 0, atLeast: false, share: 0.5, inLog: true };

describe('how a unit stands', () => {
  it.each([
    [unit(), 'good', 'Complete'],
    [unit({ complete: false }), 'waiting', 'Rebuilding, 50 %'],
    [unit({ torn: true }), 'bad', 'Torn'],
    // Between two pieces of what it is filled with.
    [unit({ torn: true, complete: false }), 'waiting', 'Rebuilding, 50 %'],
    [unit({}, { event: 'e', position: '6', fault: 'f', since: 1 }), 'bad', 'Parked'],
    [{ unit: 'boards', checkpoint: null, stoppedAt: null }, 'bad', 'Lost'],
  ] as const)('%#', (stands, tone, words) => {
    expect(standOf(stands, progress)).toEqual({ tone, words });
  });

  it('is told when it does not move, though it is complete', () => {
    expect(standOf(unit(), progress, true)).toEqual({ tone: 'bad', words: 'Stands still' });
  });

  it('knows a checkpoint of another log', () => {
    expect(standOf(unit(), { ...progress, inLog: false }).tone).toBe('bad');
  });

  it('says how far behind it is', () => {
    const behind = (count: number, atLeast = false) => sayBehind({ ...progress, behind: count, atLeast });
    expect([behind(0), behind(1), behind(20_000, true)]).toEqual([
      'level',
      '1 event',
      'at least 20,000 events',
    ]);
    expect(sayBehind(undefined)).toBe('—');
  });
});

it('says what a rebuild does', () => {
  const rebuild = {
    generation: 'g2',
    replaces: 'g1',
    phase: 'filling' as const,
    events: 1_200,
    perSecond: 100,
    remaining: 300,
    position: '1',
    head: '2',
    differences: null,
    fault: null,
    since: 1,
    at: 2,
  };
  expect(sayRebuild(rebuild)).toBe('Generation g2 is being filled: 1,200 events looked at, 300 left.');
  expect(sayRebuild({ ...rebuild, phase: 'failed', remaining: null, fault: 'numbers differ' })).toBe(
    'Generation g2 failed: 1,200 events looked at: numbers differ.',
  );
});

it('tells an unknown verdict from a bad one', () => {
  expect([true, false, null].map((holds) => verdictOf(holds).tone)).toEqual(['good', 'bad', 'waiting']);
});
