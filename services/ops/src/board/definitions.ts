import { randomUUID } from 'node:crypto';
import {
  type Board,
  type BoardEvent,
  type Boards,
  boardEventTypes,
  type Decision,
  evolveBoard,
  evolveBoards,
  initialBoards,
  readEventOf,
  streams,
} from '@carat/domain';
import { appendSurely, type EventStore, type Expected, readWholeStream } from '@carat/event-store';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';

type Read = { readonly boards: Boards; readonly expected: Expected };

const readStream = async (store: EventStore): Promise<Read> => {
  const stored = await readWholeStream(store, streams.boards, limits.pageEvents);
  const events = stored.map((event) => readEventOf(boardEventTypes, event));
  return {
    boards: evolveBoards(initialBoards, events),
    expected: events.length === 0 ? 'no_stream' : events.length - 1,
  };
};

/** Every board that was ever defined, as the log has it now. @throws EventStoreError, UnreadableEvent */
export const readBoards = async (store: EventStore): Promise<Boards> => (await readStream(store)).boards;

/** One of them, retired or not. @throws CommandError where there is none */
export const findBoard = async (store: EventStore, board: string): Promise<Board> => {
  const found = (await readBoards(store)).get(board);
  if (found === undefined) throw new CommandError(`There is no board ${board}: carat board list names all.`);
  return found;
};

/**
 * Changes one board as `decide` says, which is asked anew whenever somebody else was faster.
 * @throws CommandError where it is refused; EventStoreError
 */
export const changeBoard = async (
  store: EventStore,
  board: string,
  decide: (boards: Boards) => Decision<BoardEvent>,
): Promise<{ readonly board: Board; readonly isChanged: boolean }> => {
  const id = randomUUID();
  for (let decisions = 0; decisions < limits.maxBoardDecisions; decisions++) {
    const { boards, expected } = await readStream(store);
    const decision = decide(boards);
    if (decision.refused) throw new CommandError(decision.refusal.message);
    const [event] = decision.events;
    const changed = decision.events.reduce(evolveBoard, boards.get(board)) as Board;
    if (event === undefined) return { board: changed, isChanged: false };
    const write = { stream: streams.boards, expected, events: [{ id, ...event }] };
    if ((await appendSurely(store, [write])).appended) return { board: changed, isChanged: true };
  }
  throw new CommandError('Others keep defining boards at this moment: nothing was changed, try again.');
};
