import {
  type Board,
  type BoardEvent,
  type Boards,
  boardEventTypes,
  type Decision,
  evolveBoard,
  evolveBoards,
  initialBoards,
  streams,
} from '@carat/domain';
import { foldStream } from '@carat/history';
import { type http, type Refusal, refuse } from '@carat/protocol';
import { type Changing, changeStream } from './change-stream.ts';

/** A board as it is answered. */
export const showBoard = (board: Board): http.DefinedBoard => ({
  ...board,
  lives: [...board.lives],
  gifts: [...board.gifts],
});

type Changed = { readonly board: Board; readonly isChanged: boolean };

export type BoardDesk = {
  /** All boards ever defined, as of a read that begins after the call. @throws EventStoreError */
  read(): Promise<Boards>;
  /** One of them, retired or not. @throws EventStoreError */
  find(board: string): Promise<Board | Refusal>;
  /**
   * Changes one board as `decide` says, which is asked anew whenever somebody else was faster. @throws
   * EventStoreError
   */
  change(board: string, decide: (boards: Boards) => Decision<BoardEvent>): Promise<Changed | Refusal>;
};

/** What operators define, kept folded: a read costs what is new. */
export const createBoardDesk = (changing: Changing): BoardDesk => {
  const boards = foldStream(changing.store, {
    stream: streams.boards,
    types: boardEventTypes,
    initial: initialBoards,
    evolve: evolveBoards,
  });

  return {
    read: async () => (await boards.read()).state,
    find: async (board) => (await boards.read()).state.get(board) ?? refuse('board_unknown'),
    change: (board, decide) =>
      changeStream(changing, streams.boards, {
        read: boards.read,
        decide: ({ state }) => decide(state),
        answer: ({ state }, events) => ({
          board: events.reduce(evolveBoard, state.get(board)) as Board,
          isChanged: events.length > 0,
        }),
      }),
  };
};
