import type { LiveGoal } from '@carat/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePositions, fresher, type LiveNumbers } from './numbers.ts';

const asOf = (position: string | null, generation = 'g') => ({ generation, position });

const tick = (position: string | null, generation = 'g', board = position, ended = false): LiveNumbers => ({
  live: 'l',
  title: null,
  goal: null,
  asOf: asOf(position, generation),
  totals: { coins: 1, gifts: 1, senders: 1 },
  board: { asOf: asOf(board, generation), entries: [] },
  ended,
});

describe('positions', () => {
  it('are ordered as the numbers that they are, also beyond 2^53', () => {
    const digits = fc.bigInt({ min: 0n, max: 10n ** 20n - 1n });
    fc.assert(
      fc.property(digits, digits, (one, other) => {
        const order = Math.sign(comparePositions(String(one), String(other)));
        expect(order).toBe(one < other ? -1 : one > other ? 1 : 0);
      }),
    );
    expect(comparePositions(null, '0')).toBeLessThan(0);
    expect(comparePositions('0', null)).toBeGreaterThan(0);
    expect(comparePositions(null, null)).toBe(0);
  });
});

describe('numbers', () => {
  it('go forwards within a generation, and are replaced by another one', () => {
    const shown = tick('10');
    expect(fresher(undefined, shown)).toBe(shown);
    for (const stale of [tick('9'), tick(null), tick('10')]) expect(fresher(shown, stale)).toBe(shown);
    for (const next of [tick('11'), tick('100'), tick('1', 'h'), tick(null, 'h')])
      expect(fresher(shown, next)).toEqual(next);
  });

  it('take totals and board each from where they are later, and the end from either', () => {
    expect(fresher(tick('10', 'g', '8'), tick('10', 'g', '9'))).toEqual(tick('10', 'g', '9'));
    expect(fresher(tick('10', 'g', '9'), tick('11', 'g', '7'))).toEqual(tick('11', 'g', '9'));
    expect(fresher(tick('10'), tick('9', 'g', '9', true))).toEqual(tick('10', 'g', '10', true));
    expect(fresher(tick('10', 'g', '10', true), tick('11')).ended).toBe(true);
  });

  it('have the goal that was told last, also with numbers that are not new', () => {
    const goal: LiveGoal = { title: 'a new camera', coins: 1_000 };
    const set = fresher(tick('10'), { ...tick('9'), goal });
    expect(set).toEqual({ ...tick('10'), goal });
    expect(fresher(set, { ...tick('10'), goal: { ...goal } })).toBe(set);
    expect(fresher(set, tick('11')).goal).toBeNull();
  });
});
