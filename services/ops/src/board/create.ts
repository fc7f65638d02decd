import { type Board, createBoard } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { http, refuseInvalid } from '@carat/protocol';
import { describeFailure } from '@carat/service-kit';
import type { z } from 'zod';
import type { OpsConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { withRedis } from '../redis.ts';
import { changeBoard } from './definitions.ts';
import { describeBookings, describeRanking } from './describe.ts';
import { awaitFilled, describeFilling, type Filling } from './filling.ts';

export type Create = z.input<typeof http.createBoard> & {
  /** Whose decision it is. */
  readonly operator: string;
  readonly wait: boolean;
  readonly json: boolean | undefined;
};

/** Defines a board, and waits until it is filled. */
export const defineBoard = (
  config: OpsConfig,
  { operator, wait, json, ...definition }: Create,
  context: CommandContext,
): Promise<void> => {
  const { data, error } = http.createBoard.safeParse(definition);
  if (error) throw new CommandError(`It cannot be defined. ${refuseInvalid(error).message}.`);
  return withLog(
    config.eventStore,
    async (store) => {
      const { board, isChanged } = await changeBoard(store, data.board, (boards) =>
        createBoard({ ...data, operator, now: Date.now() }, boards),
      );
      if (!json) for (const line of describe(board, isChanged)) context.print(line);
      const { filling, fault } = wait ? await follow(store, config.redisUrl, board.board, context) : {};
      if (json) context.print(JSON.stringify({ ...board, created: isChanged, filling, fault }));
      else if (filling) context.print(`It is ${describeFilling(filling)}.`);
      if (fault !== undefined) context.say(fault);
      context.done(fault === undefined ? exitCodes.agree : exitCodes.differ);
    },
    context.say,
  );
};

const describe = (board: Board, isNew: boolean): string[] => [
  isNew ? `The board ${board.board} is defined.` : `The board ${board.board} was defined already.`,
  `  ${describeRanking(board)}`,
  ...describeBookings(board).map((line) => `  ${line}`),
];

/** The board is defined, whatever becomes of waiting for it. */
const follow = async (
  store: EventStore,
  redisUrl: string,
  board: string,
  context: CommandContext,
): Promise<{ filling?: Filling; fault?: string }> => {
  try {
    return { filling: await withRedis(redisUrl, (redis) => awaitFilled(store, redis, board, context)) };
  } catch (error) {
    if (context.signal.aborted) {
      context.say('It is filled all the same: carat status shows how far it is.');
      throw error;
    }
    return { fault: describeFailure(error) };
  }
};
