import { http } from '@carat/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfig } from '../config.ts';
import { limits } from '../limits.ts';
import type { CommandContext } from '../outcome.ts';
import { readId, readInstant, readLimit, readMoment } from './moment.ts';
import { type AtFlags, tellAt, type What, whats } from './tell.ts';

const examples = `
Examples:
  carat at 2026-11-23T18:30:00Z live gala   what it had brought in
  carat at @12345 creator cleo              what a creator had earned by then
  carat at 2026-11-23 viewer ann --json     what a viewer had, and had spent
  carat at 2026-11-23T18:30:00Z board creators --window day
  carat at @12345 board gifters --window week --on 2026-11-16
  carat at @12345 board spring              a board of carat board list

A moment is an instant (ISO 8601 with its zone, a date alone, or ms since 1970)
or a position of the log after an @; one beyond the end means the end, and that
is said. An instant means: up to the last seal that is not younger, then on as
long as no event tells a later time. The numbers are
those that were shown at that moment, or would have been, folded from the log:
events that operators had taken out by then are left out.

Boards are creators and gifters, of all time unless --window says which, and
those that operators define, also where one was defined later or is retired.
--on picks the window, otherwise it is the one of the moment. Numbers of all
time are folded from the nearest dump in Redis, and leave one there for the next
time; where Redis can't be reached, from the start of the log.

Environment: CARAT_EVENT_STORE, REDIS_URL. What is not set is as in the system
that npm start runs.
Exit codes: 0 it is told; 1 the log is damaged there; 2 it could not be told, or
there was no such live then.`;

export const addAt = (program: Command, context: CommandContext): void => {
  program
    .command('at')
    .description('Tell the numbers as they were at a moment.')
    .argument('<moment>', 'an instant, or @ and a position of the log', readMoment)
    .argument('<what>', 'live, creator, viewer or board', readWhat)
    .argument('<id>', 'whose; of boards: creators, gifters or one that is defined', readId)
    .addOption(new Option('--window <window>', 'of a board').choices(http.boardWindow.options))
    .option('--on <instant>', 'an instant within the window of a board', readInstant)
    .option('--limit <entries>', 'of a board, at most', readLimit(limits.maxPastEntries), limits.pastEntries)
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', examples)
    .action(async (moment: http.Moment, what: What, id: string, flags: AtFlags) => {
      await tellAt(await readConfig(), { moment, what, id }, flags, context);
    });
};

const readWhat = (text: string): What => {
  const what = whats.find((known) => known === text);
  if (what === undefined) throw new InvalidArgumentError(`One of ${whats.join(', ')} is expected.`);
  return what;
};
