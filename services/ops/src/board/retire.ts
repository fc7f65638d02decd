import { retireBoard } from '@carat/domain';
import type { OpsConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { type CommandContext, exitCodes } from '../outcome.ts';
import { isAgreed } from '../restore/ask.ts';
import { changeBoard, findBoard } from './definitions.ts';

type Retire = { readonly by: string; readonly yes?: boolean; readonly json?: boolean };

/** Gives a board up for good. */
export const giveUpBoard = (
  config: OpsConfig,
  board: string,
  { by, ...flags }: Retire,
  context: CommandContext,
): Promise<void> =>
  withLog(
    config.eventStore,
    async (store) => {
      const { retired } = await findBoard(store, board);
      const question = `Retire the board ${board}? It is kept up no longer, and its id is taken for ever.`;
      if (!retired && !(await isAgreed(question, flags, context))) return context.done(exitCodes.couldNotRun);
      const { isChanged } = await changeBoard(store, board, (boards) =>
        retireBoard({ board, by, now: Date.now() }, boards.get(board)),
      );
      const said = isChanged ? 'is retired' : 'was retired already';
      const line = `The board ${board} ${said}; carat at tells it as it was.`;
      context.print(flags.json ? JSON.stringify({ board, retired: true, changed: isChanged }) : line);
      context.done(exitCodes.agree);
    },
    context.say,
  );
