import { type Board, standingBoards } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import type { OpsConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { withRedis } from '../redis.ts';
import { readBoards } from './definitions.ts';
import { describeBookings, describeRanking } from './describe.ts';
import { describeFilling, type Filling, lookAtFilling } from './filling.ts';

type Listed = { readonly board: Board; readonly filling: Filling | undefined };

/** The boards that stand, or all that ever did, and how far each is. */
export const listBoards = (
  config: OpsConfig,
  { all, json }: { readonly all?: boolean; readonly json?: boolean },
  { print, say, done }: CommandContext,
): Promise<void> =>
  withLog(
    config.eventStore,
    async (store) => {
      const boards = await readBoards(store);
      const shown = all ? [...boards.values()] : standingBoards(boards);
      const listed = await lookAtAll(store, config.redisUrl, shown, say);
      if (json) {
        print(JSON.stringify({ boards: listed.map(({ board, filling }) => ({ ...board, filling })) }));
      } else if (listed.length === 0) print('No board is defined.');
      else for (const each of listed) for (const line of describe(each)) print(line);
      done(exitCodes.agree);
    },
    say,
  );

const lookAtAll = async (
  store: EventStore,
  redisUrl: string,
  boards: readonly Board[],
  say: (line: string) => void,
): Promise<Listed[]> => {
  const unknown = boards.map((board) => ({ board, filling: undefined }));
  if (!boards.some(({ retired }) => !retired)) return unknown;
  try {
    return await withRedis(redisUrl, (redis) =>
      Promise.all(
        boards.map(async (board) => ({
          board,
          filling: board.retired ? undefined : await lookAtFilling(store, redis, board.board),
        })),
      ),
    );
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(`${error.message} How far the boards are is unknown.`);
    return unknown;
  }
};

const describe = ({ board, filling }: Listed): string[] => {
  const { board: id, retired } = board;
  const lines = [describeRanking(board), ...describeBookings(board)];
  if (retired) lines.push('retired');
  else if (filling) lines.push(describeFilling(filling));
  return [id, ...lines.map((line) => `  ${line}`)];
};
