import { createHash } from 'node:crypto';
import type { Statement } from '@carat/domain';
import { readStatement, statementCsv, statementJson } from '@carat/history';
import { redemptions } from '@carat/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readId } from '../at/moment.ts';
import { readConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { mayWrite, openDestination } from '../export/destination.ts';
import { type CommandContext, exitCodes } from '../outcome.ts';

const examples = `
Examples:
  carat statement cleo 2026-11
      a month as JSON, on stdout
  carat statement cleo 2026 --format csv --out cleo-2026.csv
      a year, into a file
  carat statement cleo 2026-11 --json --out november.json
      and the SHA-256 of what was written

It says what the creator had at the beginning, earned, redeemed and got back,
and has at the end, in thousandths of diamonds, and what was paid per currency,
line by line. It is made from the log, up to the last day that is closed, and
the same bytes as the api answers. Once it is final, all days of the period
being settled, it is the same whenever it is made again, also from a copy of the
log. Whether it is final is said on stderr.

Environment: CARAT_EVENT_STORE. What is not set is as in the system that npm
start runs.
Exit codes: 0 it is written, or the reader has seen enough; 1 the log is damaged
there; 2 nothing, or not all, could be written.`;

const formats = { json: statementJson, csv: statementCsv } as const;

type StatementFlags = {
  readonly format: keyof typeof formats;
  readonly out?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
};

export const addStatement = (program: Command, context: CommandContext): void => {
  program
    .command('statement')
    .description("Write a creator's statement of a month or a year.")
    .argument('<creator>', 'whose', readId)
    .argument('<period>', 'a month, as 2026-11, or a year, as 2026', readPeriod)
    .addOption(
      new Option('--format <format>', 'how it is written').choices(Object.keys(formats)).default('json'),
    )
    .option('--out <file>', 'write to this file rather than to stdout')
    .option('--yes', 'do not ask before a file is replaced')
    .option('--json', 'what was written, as one line of JSON: on stdout with --out, else on stderr')
    .addHelpText('after', examples)
    .action((creator: string, period: string, flags: StatementFlags) =>
      writeStatement({ creator, period, ...flags }, context),
    );
};

const readPeriod = (text: string): string => {
  if (redemptions.period.safeParse(text).success) return text;
  throw new InvalidArgumentError('A month as 2026-11 or a year as 2026 is expected.');
};

type Asked = StatementFlags & { readonly creator: string; readonly period: string };

const writeStatement = async (
  { creator, period, format, out, yes = false, json }: Asked,
  { signal, print, say, done }: CommandContext,
): Promise<void> => {
  const { eventStore } = await readConfig();
  const replace = out !== undefined && (await mayWrite(out, yes, signal));
  const statement = await withLog(eventStore, (store) => readStatement(store, creator, period), say);
  const text = formats[format](statement);
  const { output, close } = await openDestination(out, replace);
  try {
    await output.write(text);
  } finally {
    await close();
  }
  const tell = out === undefined ? say : print;
  if (json) tell(JSON.stringify({ creator, period, format, final: statement.final, sha256: sha256(text) }));
  else say(describeFinality(statement));
  done(exitCodes.agree);
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const describeFinality = ({ final, period: { to } }: Statement): string =>
  final ? 'It is final.' : `It is not final: ${to} is not settled yet.`;
