import { resolve } from 'node:path';
import { type BackedUp, backUpLog } from '@carat/event-store';
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { type CommandContext, exitCodes } from '../outcome.ts';
import { many } from '../wording.ts';
import { logFileOf } from './log-file.ts';
import { startProgress } from './progress.ts';

const examples = `
Examples:
  carat backup /backups/carat-monday.db
  CARAT_EVENT_STORE=sqlite:/data/carat.db \\
    carat backup --force --json /backups/latest.db

It copies the log as it is at one moment, while gifts keep coming, and checks
the whole copy, every checksum of it, before it gives it its name. What it says
is the last event that the copy holds. The copy is a log like any other:
CARAT_EVENT_STORE=sqlite:<file> carat verify proves its laws and seals.

Environment: CARAT_EVENT_STORE. Where it is not set, it is as in the system that
npm start runs; where none runs, it is sqlite:.carat/carat.db.
Exit codes: 0 the copy is there; 1 the log is damaged, where is said on stderr;
2 it could not be copied.`;

export const addBackup = (program: Command, context: CommandContext): void => {
  program
    .command('backup')
    .description('Copy the log into a file while gifts keep coming.')
    .argument('<file>', 'where the copy goes')
    .option('--force', 'replace a file of that name')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', examples)
    .action((file: string, options: BackupFlags) => run(file, options, context));
};

type BackupFlags = { readonly force?: boolean; readonly json?: boolean };

const run = async (
  file: string,
  { force, json }: BackupFlags,
  { signal, print, done }: CommandContext,
): Promise<void> => {
  const log = logFileOf((await readConfig()).eventStore);
  const progress = startProgress(!json && process.stderr.isTTY === true);
  try {
    const backedUp = await backUpLog(log, file, {
      mayReplace: force === true,
      signal,
      onProgress: progress.onStep,
    });
    progress.stop();
    print(json ? JSON.stringify(reportOf(resolve(file), backedUp)) : describe(file, backedUp));
    done(exitCodes.agree);
  } finally {
    progress.stop();
  }
};

const reportOf = (file: string, { events, last, bytes }: BackedUp): object => ({
  file,
  events,
  position: last?.position ?? null,
  event: last?.id ?? null,
  bytes,
});

const describe = (file: string, { events, last, bytes }: BackedUp): string =>
  [
    `${many(events, 'event')}, ${many(bytes, 'byte')}, copied and checked: ${file}`,
    `  the last: event ${last?.id ?? 'none'} at position ${last?.position ?? 'none'}`,
  ].join('\n');
