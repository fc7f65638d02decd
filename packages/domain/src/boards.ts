import { largest, type Window } from '@carat/protocol';
import { accept, type Decision, nothing, refuse } from './decision.ts';
import type { BoardEvent, Event } from './events.ts';

/**
 * A board that an operator defines: whom it ranks, `viewer`s by coins or `creator`s by millidiamonds, and
 * which bookings count.
 */
export type BoardDefinition = {
  readonly board: string;
  readonly by: 'viewer' | 'creator';
  /** Only bookings in these lives, of these gifts; empty: in all, of all. */
  readonly lives: readonly string[];
  readonly gifts: readonly string[];
  /** Only bookings from this instant on and before that one, in ms since 1970; null: without such a bound. */
  readonly from: number | null;
  readonly to: number | null;
  /** It begins anew with each such window. */
  readonly window: Window;
};

/** What a board adds up, and ranks by. */
export const scoresOf = ({ by }: BoardDefinition): 'coins' | 'millidiamonds' =>
  by === 'viewer' ? 'coins' : 'millidiamonds';

export type Board = BoardDefinition & { readonly retired: boolean };

/** Every board ever defined, in order of creation. Stream: `boards`. */
export type Boards = ReadonlyMap<string, Board>;

export const initialBoards: Boards = new Map();

export const boardEventTypes = ['BoardCreated', 'BoardRetired'] as const;

/** The board as it stands after the event; a retired one stays known, as its id is taken for ever. */
export const evolveBoard = (board: Board | undefined, event: BoardEvent): Board | undefined => {
  if (event.type === 'BoardRetired') return board && { ...board, retired: true };
  const { ranks, by: _, at: __, ...definition } = event.data;
  return { ...definition, by: ranks, retired: false };
};

/** The boards after some more events; copied once, however many they are. */
export const evolveBoards = (boards: Boards, events: readonly BoardEvent[]): Boards => {
  const next = new Map(boards);
  for (const event of events) {
    const board = evolveBoard(next.get(event.data.board), event);
    if (board !== undefined) next.set(board.board, board);
  }
  return next;
};

/** Those that are kept up, in order of creation: at most `largest.boards`. */
export const standingBoards = (boards: Boards): Board[] =>
  [...boards.values()].filter(({ retired }) => !retired);

export type CreateBoard = BoardDefinition & { readonly operator: string; readonly now: number };

/** Defines a board; the same again, while it stands, decides nothing. */
export const createBoard = (command: CreateBoard, boards: Boards): Decision<Event<'BoardCreated'>> => {
  const { by: ranks, operator: by, now: at, board, from, to, window } = command;
  const [lives, gifts] = [inOrder(command.lives), inOrder(command.gifts)];
  const defined = boards.get(board);
  if (defined?.retired) return refuse('board_retired');
  if (defined) {
    return isSame(defined, { ...command, lives, gifts }) ? nothing : refuse('board_exists_already');
  }
  if (standingBoards(boards).length >= largest.boards) return refuse('too_many_boards');
  return accept({
    type: 'BoardCreated',
    data: { board, ranks, lives, gifts, from, to, window, by, at },
  });
};

/** Each once, in one order for the same set, whatever the order it was named in. */
const inOrder = (ids: readonly string[]): string[] => [...new Set(ids)].sort();

const isSame = (a: BoardDefinition, b: BoardDefinition): boolean =>
  a.by === b.by &&
  a.lives.join() === b.lives.join() &&
  a.gifts.join() === b.gifts.join() &&
  a.from === b.from &&
  a.to === b.to &&
  a.window === b.window;

export type RetireBoard = { readonly board: string; readonly by: string; readonly now: number };

/** Gives a board up for good; again decides nothing. */
export const retireBoard = (
  command: RetireBoard,
  board: Board | undefined,
): Decision<Event<'BoardRetired'>> => {
  if (board === undefined) return refuse('board_unknown');
  if (board.retired) return nothing;
  return accept({
    type: 'BoardRetired',
    data: { board: command.board, by: command.by, at: command.now },
  });
};
