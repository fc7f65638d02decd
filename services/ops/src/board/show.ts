import { type Board, scoresOf } from '@carat/domain';
import type { EventStore, Position } from '@carat/event-store';
import type { http } from '@carat/protocol';
import { createReader, type RedisClient } from '@carat/read-models';
import { titleOf } from '../at/board.ts';
import { showBoard } from '../at/show.ts';
import { tellAt } from '../at/tell.ts';
import type { OpsConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { withRedis } from '../redis.ts';
import { findBoard } from './definitions.ts';
import { describeFilling, lookAtFilling } from './filling.ts';

export type Show = {
  readonly at?: http.Moment;
  readonly on?: number;
  readonly limit: number;
  readonly json?: boolean;
};

/** A board as it stands, or as it was. */
export const tellBoard = (config: OpsConfig, id: string, show: Show, context: CommandContext) =>
  show.at === undefined
    ? withLog(config.eventStore, (store) => tellNow(store, config, id, show, context), context.say)
    : tellAt(config, { moment: show.at, what: 'board', id }, show, context);

const tellNow = async (
  store: EventStore,
  { redisUrl }: OpsConfig,
  id: string,
  { on = Date.now(), limit, json }: Show,
  { print, done }: CommandContext,
): Promise<void> => {
  const board = await findBoard(store, id);
  if (board.retired) throw new CommandError(`The board ${id} was retired: --at tells it as it was.`);
  const read = await withRedis(redisUrl, (redis) => readNumbers(store, redis, board, on, limit));
  if ('unfilled' in read) {
    print(json ? JSON.stringify({ board: id, ...read }) : `The board ${id}: ${read.unfilled}.`);
    return done(exitCodes.differ);
  }
  const place = { position: (read.asOf.position ?? undefined) as Position | undefined, at: null };
  if (json) print(JSON.stringify({ board: id, on, ...read }));
  else for (const line of showBoard(read, titleOf({ definition: board }), place)) print(line);
  done(exitCodes.agree);
};

const readNumbers = async (
  store: EventStore,
  redis: RedisClient,
  board: Board,
  on: number,
  limit: number,
): Promise<http.Board | { readonly unfilled: string }> => {
  const read = await createReader(redis).definedBoard(board, on, limit);
  if (read) return { ...read, unit: scoresOf(board) };
  return { unfilled: describeFilling(await lookAtFilling(store, redis, board.board)) };
};
