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
import type { EventStore } from '@carat/event-store';
import { foldStream } from '@carat/history';
import { type http, type Refusal, refuse } from '@carat/protocol';
import { writeOf } from './append.ts';
import { decideAndAppend } from './decide-and-append.ts';
import type { InTurn } from './turns.ts';

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
export const createBoardDesk = (store: EventStore, inTurn: InTurn, newId: () => string): BoardDesk => {
  const stream = streams.boards;
  const boards = foldStream(store, {
    stream,
    types: boardEventTypes,
    initial: initialBoards,
    evolve: evolveBoards,
  });

  return {
    read: async () => (await boards.read()).state,
    find: async (board) => (await boards.read()).state.get(board) ?? refuse('board_unknown'),
    change: (board, decide) =>
      inTurn(stream, () =>
        decideAndAppend<Changed>(store, async () => {
          const { state, expected } = await boards.read();
          const decision = decide(state);
          if (decision.refused) return { writes: [], answer: decision.refusal };
          const { events } = decision;
          const changed = events.reduce(evolveBoard, state.get(board)) as Board;
          const isChanged = events.length > 0;
          const writes = isChanged ? [writeOf(stream, expected, events, newId)] : [];
          return { writes, answer: { board: changed, isChanged } };
        }),
      ),
  };
};
