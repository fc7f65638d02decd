import {
  type BoardDefinition,
  type BoardEvent,
  boardEventTypes,
  evolveBoards,
  initialBoards,
  readEventOf,
  standingBoards,
  streams,
  type Unit,
  UnreadableEvent,
  unitOfBoard,
} from '@carat/domain';
import type { EventStore, StoredEvent } from '@carat/event-store';
import type { Logger } from '@carat/service-kit';
import { foldStream, type StreamFold } from './stream-fold.ts';

/** The boards that operators defined and have not retired, by their units. */
export type DefinedBoards = ReadonlyMap<Unit, BoardDefinition>;
export type BoardStream = StreamFold<DefinedBoards>;

/**
 * Reads how boards are defined. An event that cannot be read is left out, loudly: one board must not keep the
 * numbers of all others from moving.
 */
export const createBoardStream = (store: EventStore, log: Logger): BoardStream =>
  foldStream(store, streams.boards, (stored) => {
    const boards = evolveBoards(
      initialBoards,
      stored.flatMap((event) => readBoardEvent(event, log) ?? []),
    );
    return new Map(standingBoards(boards).map((board) => [unitOfBoard(board.board), board]));
  });

const readBoardEvent = (event: StoredEvent, log: Logger): BoardEvent | undefined => {
  try {
    return readEventOf(boardEventTypes, event);
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    log.error({ err: error, event: event.id }, 'an event about boards cannot be read, and is left out');
    return undefined;
  }
};
