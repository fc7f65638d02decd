import { http } from '@carat/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readId, readInstant, readLimit, readMoment } from '../at/moment.ts';
import { readConfig } from '../config.ts';
import { limits } from '../limits.ts';
import { whoIsLoggedIn } from '../logged-in.ts';
import type { CommandContext } from '../outcome.ts';
import { defineBoard } from './create.ts';
import { listBoards } from './list.ts';
import { giveUpBoard } from './retire.ts';
import { type Show, tellBoard } from './show.ts';

const environment = `
Environment: CARAT_EVENT_STORE, REDIS_URL. What is not set is as in the system
that npm start runs.`;

const notes = `
Examples:
  carat board create spring --by viewer --gift tulip --from 2026-03-20
  carat board create duel --by creator --live gala --live opening --window hour
  carat board list                        those that stand, and how far each is
  carat board show spring --limit 20      who is ahead
  carat board retire spring               give it up, for good

A board ranks viewers by coins, or creators by diamonds, over the bookings that
its definition names. It is an event in the log: a projector fills it from all
history, without touching other numbers, and keeps it up from then on.
${environment}
Exit codes: 0 it is done; 1 a board is not filled, or the log is damaged; 2
nothing was changed.`;

const createNotes = `
Examples:
  carat board create spring --by viewer --gift tulip --gift rose
  carat board create duel --by creator --live gala --live opening --window hour
  carat board create june --by viewer --from 2026-06-01 --to 2026-07-01

It waits until the board is filled; interrupted, the work goes on. The same
definition again changes nothing. A board cannot be changed: retire it, and
define another. Instants are ISO 8601 with their zone, a date alone, or ms since
1970; windows are hours, days and ISO weeks of UTC.
${environment}
Exit codes: 0 it is filled, or --no-wait was said; 1 it is defined, but nobody
is at work on it; 2 nothing was defined.`;

const listNotes = `
Examples:
  carat board list
  carat board list --all --json
${environment}
Exit codes: 0 they are listed; 2 they could not be read.`;

const showNotes = `
Examples:
  carat board show spring --limit 20
  carat board show duel --on 2026-11-23T18:00:00Z   the window that holds this
  carat board show spring --at @12345 --json        as it was, from the log

With --at it is what carat at tells, also of a board that was defined later, or
is retired.
${environment}
Exit codes: 0 it is told; 1 it is not filled yet; 2 it could not be told.`;

const retireNotes = `
Examples:
  carat board retire spring
  carat board retire spring --yes --json

Its numbers are dropped; carat at tells them still. Its id is taken for ever.
${environment}
Exit codes: 0 it is retired; 2 nothing was changed.`;

type CreateFlags = {
  readonly by: 'viewer' | 'creator';
  readonly live?: string[];
  readonly gift?: string[];
  readonly from?: number;
  readonly to?: number;
  readonly window: http.BoardWindow;
  readonly operator?: string;
  readonly wait: boolean;
  readonly json?: boolean;
};

type RetireFlags = { readonly operator?: string; readonly yes?: boolean; readonly json?: boolean };

export const addBoard = (program: Command, context: CommandContext): void => {
  const board = program
    .command('board')
    .description('Boards that operators define: who is ahead in what counts.')
    .addHelpText('after', notes);
  for (const add of [addCreate, addList, addShow, addRetire]) add(board, context);
};

const readName = (text: string): string => {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('A name is expected.');
};

const readIds = (text: string, before: readonly string[] = []): string[] => [...before, readId(text)];

const addCreate = (board: Command, context: CommandContext): void => {
  board
    .command('create')
    .description('Define a board, and wait until it is filled from all history.')
    .argument('<id>', 'what it is to be called', readId)
    .addOption(
      new Option('--by <whom>', 'viewers by coins, or creators by diamonds')
        .choices(['viewer', 'creator'])
        .makeOptionMandatory(),
    )
    .option('--live <id>', 'only bookings in this live; may be repeated', readIds)
    .option('--gift <id>', 'only bookings of this gift; may be repeated', readIds)
    .option('--from <instant>', 'only bookings from then on', readInstant)
    .option('--to <instant>', 'only bookings before then', readInstant)
    .addOption(
      new Option('--window <window>', 'it begins anew with each')
        .choices(http.boardWindow.options)
        .default('all'),
    )
    .option('--operator <name>', 'whose decision it is; where it is not said, who is logged in', readName)
    .option('--no-wait', 'do not wait until it is filled')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', createNotes)
    .action(async (id: string, { live, gift, json, operator = whoIsLoggedIn(), ...flags }: CreateFlags) => {
      const definition = { board: id, lives: live, gifts: gift, ...flags };
      await defineBoard(await readConfig(), { ...definition, operator, json }, context);
    });
};

const addList = (board: Command, context: CommandContext): void => {
  board
    .command('list')
    .description('The boards that stand, and how far each is.')
    .option('--all', 'those that were retired, too')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', listNotes)
    .action(async (flags: { readonly all?: boolean; readonly json?: boolean }) =>
      listBoards(await readConfig(), flags, context),
    );
};

const addShow = (board: Command, context: CommandContext): void => {
  board
    .command('show')
    .description('Who is ahead on a board, or was.')
    .argument('<id>', 'which', readId)
    .option('--at <moment>', 'as it was: an instant, or @ and a position of the log', readMoment)
    .option('--on <instant>', 'an instant within its window', readInstant)
    .option('--limit <entries>', 'at most', readLimit(limits.maxPastEntries), limits.pastEntries)
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', showNotes)
    .action(async (id: string, flags: Show) => tellBoard(await readConfig(), id, flags, context));
};

const addRetire = (board: Command, context: CommandContext): void => {
  board
    .command('retire')
    .description('Give a board up, for good.')
    .argument('<id>', 'which', readId)
    .option('--operator <name>', 'whose decision it is; where it is not said, who is logged in', readName)
    .option('--yes', 'do not ask')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', retireNotes)
    .action(async (id: string, { operator: by = whoIsLoggedIn(), ...flags }: RetireFlags) =>
      giveUpBoard(await readConfig(), id, { by, ...flags }, context),
    );
};
