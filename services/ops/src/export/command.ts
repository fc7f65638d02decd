import { withoutCredentials } from '@carat/service-kit';
import { type Command, Option } from 'commander';
import { readConfig } from '../config.ts';
import { type StartProgress, showBars, showLines } from '../copy/progress.ts';
import { withLog } from '../event-log.ts';
import { limits } from '../limits.ts';
import { type CommandContext, CommandError, createDifferences, exitCodes } from '../outcome.ts';
import { many } from '../wording.ts';
import { type Bound, isAfter, readBound } from './bounds.ts';
import { mayWrite, openDestination } from './destination.ts';
import { type Exported, exportGifts } from './export.ts';
import { findRange } from './range.ts';
import { type Format, formats } from './rows.ts';

const examples = `
Examples:
  carat export --from 2026-11-01 --to 2026-12-01 --format csv --out november.csv
  carat export --from @0 --to @4711 --format jsonl | gzip > gifts.jsonl.gz
  carat export --from 2026-11-23T18:00:00Z --to 2026-11-23T20:00:00Z \\
    --format csv --creator cleo

It writes every gift as it was booked, in the order of the log: position, at,
live, creator, viewer, gift, combo, booked, count, coins, millidiamonds,
unitCoins (the price of one) and rate. What an operator took out of the numbers
is there, too: it was paid for. An instant means the gift's own time, as in the
column at: --from it on, and before --to. A date alone means its beginning in
UTC. A position has an @ before it and is exact: after --from, up to and with
--to. So ranges that follow one another hold every gift once. With --creator it
is a creator's own record of every gift. How far it is, and the sums at the end,
are said on stderr. Where it is interrupted, whole lines are written.

Environment: CARAT_EVENT_STORE. Where it is not set, it is as in the system that
npm start runs; where none runs, it is sqlite:.carat/carat.db.
Exit codes: 0 every gift is written, or the reader has seen enough; 1 something
of the log cannot be read and is left out, what is said on stderr; 2 nothing, or
not all, could be written.`;

type ExportFlags = {
  readonly from: Bound;
  readonly to: Bound;
  readonly format: Format;
  readonly creator?: string;
  readonly out?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
};

export const addExport = (program: Command, context: CommandContext): void => {
  program
    .command('export')
    .description('Write the gifts of a time or a part of the log as CSV or JSON lines.')
    .requiredOption('--from <instant|@position>', 'where to begin', readBound)
    .requiredOption('--to <instant|@position>', 'where to end', readBound)
    .addOption(new Option('--format <format>', 'how rows are written').choices(formats).makeOptionMandatory())
    .option('--creator <id>', 'only the gifts of this creator')
    .option('--out <file>', 'write to this file rather than to stdout')
    .option('--yes', 'do not ask before a file is replaced')
    .option('--json', 'the sums as one line of JSON: on stdout with --out, else on stderr')
    .addHelpText('after', examples)
    .action((flags: ExportFlags) => run(flags, context));
};

const run = async (flags: ExportFlags, { signal, print, say, done }: CommandContext): Promise<void> => {
  const { from, to, format, creator, out, json } = flags;
  if (isAfter(from, to)) throw new CommandError('--from lies after --to: nothing lies between them.');
  const { eventStore } = await readConfig();
  const replace = out !== undefined && (await mayWrite(out, flags.yes === true, signal));
  const unreadable = createDifferences(limits.maxDifferences);
  const exported = await withLog(
    eventStore,
    async (store) => {
      const range = await findRange(store, from, to);
      const { output, close } = await openDestination(out, replace);
      const startProgress = progressFor(flags, say);
      try {
        const options = { range, format, creator, output, signal, startProgress, unreadable };
        return await exportGifts(store, options);
      } finally {
        await close();
      }
    },
    unreadable.add,
  );
  const tell = out === undefined ? say : print;
  tell(json ? JSON.stringify(exported) : describe(exported, withoutCredentials(eventStore)));
  for (const line of unreadable.lines()) say(line);
  done(unreadable.count === 0 ? exitCodes.agree : exitCodes.differ);
};

/** A bar would be torn apart by rows on the same terminal. */
const progressFor = ({ out, json }: ExportFlags, say: (line: string) => void): StartProgress => {
  const rowsOnTerminal = out === undefined && process.stdout.isTTY === true;
  return process.stderr.isTTY === true && !rowsOnTerminal && !json ? showBars : showLines(say);
};

const describe = ({ gifts, coins, millidiamonds, position }: Exported, log: string): string =>
  `${many(gifts, 'gift')}, ${many(coins, 'coin')}, ${many(millidiamonds, 'millidiamond')} of ${log} ` +
  `up to position ${position ?? 'none'}`;
