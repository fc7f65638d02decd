import type { BoardDefinition } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { type BoardKind, pastBoard, pastDefinedBoard, type Sources } from '@carat/history';
import type { http } from '@carat/protocol';
import { findBoard } from '../board/definitions.ts';
import { describeRanking } from '../board/describe.ts';
import { CommandError } from '../outcome.ts';

/** A board that can be asked for: one that is always there, or one that an operator defined. */
export type AskedBoard =
  | { readonly kind: BoardKind; readonly window: http.BoardWindow }
  | { readonly definition: BoardDefinition };

/** @param window of which span; a board that is defined has its own. @throws CommandError */
export const findAskedBoard = async (
  store: EventStore,
  id: string,
  window: http.BoardWindow | undefined,
): Promise<AskedBoard> => {
  if (id === 'gifters' && window === 'hour') throw new CommandError('Gifters have no board by the hour.');
  if (id === 'creators' || id === 'gifters') return { kind: id, window: window ?? 'all' };
  const definition = await findBoard(store, id);
  if (window !== undefined && window !== definition.window) {
    throw new CommandError(`The board ${id} has ${describeRanking(definition)}: leave --window out.`);
  }
  return { definition };
};

/** Whether it is folded from the start of the log, where there are no dumps. */
export const isOfAllTime = (board: AskedBoard): boolean => {
  if ('kind' in board) return board.window === 'all';
  const { window, from, lives } = board.definition;
  return window === 'all' && from === null && lives.length === 0;
};

type Asked = Omit<Parameters<typeof pastBoard>[1], 'kind' | 'window'>;

export const foldBoard = (sources: Sources, board: AskedBoard, asked: Asked): Promise<http.Board> =>
  'kind' in board
    ? pastBoard(sources, { ...board, ...asked })
    : pastDefinedBoard(sources, { ...board, ...asked });

export const windowOfBoard = (board: AskedBoard): http.BoardWindow =>
  'kind' in board ? board.window : board.definition.window;

export const titleOf = (board: AskedBoard): string => {
  const name = 'kind' in board ? `of ${board.kind}` : board.definition.board;
  const window = windowOfBoard(board);
  return window === 'all' ? `All-time board ${name}` : `Board ${name} by the ${window}`;
};
