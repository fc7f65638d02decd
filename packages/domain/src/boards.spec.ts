import { largest } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { createBoard, evolveBoards, initialBoards, retireBoard, standingBoards } from './boards.ts';
import { readEvent } from './events.ts';

const definition = {
  board: 'spring',
  by: 'viewer',
  lives: ['gala', 'opening'],
  gifts: ['rose'],
  from: 1_000,
  to: null,
  window: 'day',
} as const;
const command = { ...definition, operator: 'olga', now: 5_000 };
const { by: ranks, ...rest } = definition;
const created = { type: 'BoardCreated', data: { ...rest, ranks, by: 'olga', at: 5_000 } };
const accepted = (decision: ReturnType<typeof createBoard>) => (decision.refused ? [] : decision.events);
const spring = evolveBoards(initialBoards, accepted(createBoard(command, initialBoards)));
const retirement = { board: 'spring', by: 'olga', now: 6_000 };
const retired = evolveBoards(spring, [
  { type: 'BoardRetired', data: { board: 'spring', by: 'olga', at: 6_000 } },
]);

describe('a board', () => {
  it('is defined once, however often it is said and in whatever order its lives are named', () => {
    expect(createBoard(command, initialBoards)).toEqual({ refused: false, events: [created] });
    const reordered = { ...command, lives: ['opening', 'gala', 'opening'], operator: 'otto', now: 9_000 };
    expect(createBoard(reordered, initialBoards)).toMatchObject({
      events: [{ data: { lives: ['gala', 'opening'] } }],
    });
    expect(createBoard(reordered, spring)).toEqual({ refused: false, events: [] });
  });

  it.each([
    ['by', 'creator'],
    ['lives', ['gala']],
    ['gifts', []],
    ['from', null],
    ['to', 2_000],
    ['window', 'all'],
  ])('is another one where %s differs', (field, value) => {
    expect(createBoard({ ...command, [field]: value }, spring)).toMatchObject({
      refusal: { refused: 'board_exists_already' },
    });
  });

  it('keeps its id for ever, also when it was retired', () => {
    expect(createBoard(command, retired)).toMatchObject({ refusal: { refused: 'board_retired' } });
  });

  it('is retired once', () => {
    expect(retireBoard(retirement, spring.get('spring'))).toEqual({
      refused: false,
      events: [{ type: 'BoardRetired', data: { board: 'spring', by: 'olga', at: 6_000 } }],
    });
    expect(retireBoard(retirement, retired.get('spring'))).toEqual({ refused: false, events: [] });
    expect(retireBoard(retirement, undefined)).toMatchObject({ refusal: { refused: 'board_unknown' } });
  });
});

describe('the boards', () => {
  it('fold their events', () => {
    expect([...spring.values()]).toEqual([{ ...definition, retired: false }]);
    expect([...retired.values()]).toEqual([{ ...definition, retired: true }]);
    expect(standingBoards(retired)).toEqual([]);
    expect(initialBoards.size).toBe(0);
  });

  it('stand in a bounded number; retired ones do not count', () => {
    let boards = retired;
    for (let number = 0; number < largest.boards; number++) {
      boards = evolveBoards(boards, accepted(createBoard({ ...command, board: `b${number}` }, boards)));
    }
    expect(standingBoards(boards)).toHaveLength(largest.boards);
    const oneMore = { ...command, board: 'more' };
    expect(createBoard(oneMore, boards)).toMatchObject({ refusal: { refused: 'too_many_boards' } });
    expect(createBoard({ ...command, board: 'b0' }, boards)).toEqual({ refused: false, events: [] });
  });

  it('are read back from the log as they were written', () => {
    expect(readEvent(created)).toEqual(created);
    expect(() => readEvent({ ...created, data: { ...created.data, window: 'month' } })).toThrow(/window/);
  });
});
