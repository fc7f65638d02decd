import type { Command } from 'commander';
import { whoIsLoggedIn } from '../logged-in.ts';
import { type CommandContext, CommandError } from '../outcome.ts';
import { listStops } from './list.ts';
import { retryStops } from './retry.ts';
import { skipEvent, unskipEvent } from './skip.ts';
import { type Meant, readUnit } from './stops.ts';

const examples = `
Examples:
  carat park list
      which units are stopped, and at what
  carat park retry --unit creators
      try again at once, and tell what came of it
  carat park skip --reason "made by a broken import"
      leave out what all stopped units are stopped at
  carat park skip --unit boards --event 0198c0de-… --yes
  carat park unskip --event 0198c0de-…
      take that back

A unit (creators or one of its shards, boards, board:<id> of your own) that
meets an event it cannot take stops there; its numbers stay as of the event
before, and gifts go on being accepted. It tries again by itself every few
seconds.

Environment: CARAT_EVENT_STORE, REDIS_URL. What is not set is as in the system
that npm start runs; where none runs, it is sqlite:.carat/carat.db and
redis://127.0.0.1:6379.
Exit codes: 0 no unit is stopped, or what was asked for is done; 1 a unit is
stopped, again or at a later event; 2 nothing was changed, or no projector
answered.`;

const listNotes = `
Examples:
  carat park list
  carat park list --unit creators --json

Exit codes: 0 no unit is stopped; 1 at least one is; 2 it could not be looked
at.`;

const retryNotes = `
Examples:
  carat park retry
  carat park retry --unit creators --json

Exit codes: 0 all go on, or none was stopped; 1 one is stopped again, or at a
later event; 2 no projector answered, or what is named is not stopped.`;

const skipNotes = `
Examples:
  carat park skip --reason "made by a broken import"
  carat park skip --unit boards --event 0198c0de-… --reason spam --yes --json

Without --unit it is all units that are stopped at the event. The decision is an
event in the log: every later rebuild obeys it, and carat verify reports it
apart. An event that a unit has taken already can be left out too, with --unit,
--event and --reason; its numbers change with the next carat rebuild.

Exit codes: 0 it is decided; 1 it is, and the unit is stopped at a later event;
2 nothing was changed.`;

const unskipNotes = `
Examples:
  carat park unskip --event 0198c0de-… --unit boards
  carat park unskip --event 0198c0de-… --yes --json

Numbers that were made without the event stay as they are until carat rebuild
makes them anew; a unit that still cannot take the event stops there again.
A gift whose day was closed and settled without it stays left out of creators:
it would be counted and never paid for.

Exit codes: 0 it is decided; 2 nothing was changed.`;

type Flags = {
  readonly unit?: string;
  readonly event?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
};

export const addPark = (program: Command, context: CommandContext): void => {
  const park = program
    .command('park')
    .description('What to do about events that a unit of the numbers cannot take.')
    .addHelpText('after', examples);
  const add = (name: string, description: string, notes: string): Command =>
    park
      .command(name)
      .description(description)
      .option('--unit <unit>', 'only this one: creators (all its shards), boards, or board:<id>')
      .option('--event <id>', 'only this event')
      .option('--json', 'the result as one line of JSON on stdout')
      .addHelpText('after', notes);

  add('list', 'Which units are stopped, and at what.', listNotes).action((flags: Flags) =>
    listStops({ ...meantBy(flags), json: flags.json }, context),
  );
  add('retry', 'Have units that are stopped try again at once.', retryNotes).action((flags: Flags) =>
    retryStops({ ...meantBy(flags), json: flags.json }, context),
  );
  addDeciding(add('skip', 'Leave an event out of the numbers.', skipNotes))
    .option('--reason <text>', 'why; where it is not said, the fault of the event')
    .action((flags: Flags) => skipEvent(decisionOf(flags), context));
  addDeciding(add('unskip', 'Take back that an event is left out.', unskipNotes)).action((flags: Flags) =>
    unskipEvent(decisionOf(flags), context),
  );
};

const addDeciding = (command: Command): Command =>
  command
    .option('--by <name>', 'whose decision it is; where it is not said, who is logged in')
    .option('--yes', 'do not ask before it is decided');

const meantBy = ({ unit, event }: Flags): Meant => ({ unit: unit && readUnit(unit), event }) as Meant;

const decisionOf = (flags: Flags) => {
  const { reason, yes, json, by = whoIsLoggedIn() } = flags;
  if (reason === '' || by === '') throw new CommandError('--reason and --by cannot be empty.');
  return { ...meantBy(flags), by, reason, yes, json };
};
