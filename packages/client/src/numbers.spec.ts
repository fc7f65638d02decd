import type { LiveGoal } from '@carat/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePositions, fresher as fresherOf, Generations, type LiveNumbers } from './numbers.ts';

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

const fresher = (shown: LiveNumbers | undefined, next: LiveNumbers): LiveNumbers =>
  fresherOf(shown, next, new Generations());

/** What a page shows after each of these came. */
const showAll = (...all: LiveNumbers[]): string[] => {
  const generations = new Generations();
  let shown: LiveNumbers | undefined;
  return all.map((next) => {
    shown = fresherOf(shown, next, generations);
    return `${shown.asOf.generation}${shown.asOf.position} ${shown.board.asOf.generation}`;
  });
};

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

  it('never go back to a generation that was left, over however many gateways that are late', () => {
    expect(showAll(tick('90'), tick('150', 'h'), tick('149'), tick('151', 'h'))).toEqual([
      'g90 g',
      'h150 h',
      'h150 h',
      'h151 h',
    ]);
    // The new one is of a log that was restored.
    expect(showAll(tick('5000'), tick('4001', 'h'), tick('5000'), tick('4002', 'h')).at(2)).toBe('h4001 h');
    const known = Array.from({ length: 6 }, (_, n) => tick('10', `g${n}`));
    expect(new Set(showAll(...known, ...known).slice(6))).toEqual(new Set(['g510 g5']));
  });

  it('return to a generation where it goes on, as an operator has it do', () => {
    expect(
      showAll(tick('90'), tick('150', 'h'), tick('151'), tick('152', 'h'), tick('153')).slice(2),
    ).toEqual(['g151 g', 'h152 h', 'g153 g']);
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
