import { existsSync } from 'node:fs';
import { type CheckedLog, EventStoreError, type Restored, restoreLog } from '@carat/event-store';
import type { Command } from 'commander';
import { logFileOf } from '../backup/log-file.ts';
import { startProgress } from '../backup/progress.ts';
import { readConfig } from '../config.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { many } from '../wording.ts';
import { ask } from './ask.ts';

const examples = `
Examples:
  carat restore /backups/carat-monday.db
  CARAT_EVENT_STORE=sqlite:/data/carat.db \\
    carat restore --yes --json /backups/latest.db

It checks the whole file first, every checksum of it, and puts a copy of it in
the place of the log. Nobody may have the log open meanwhile: end the system
first. The log that was there is kept beside it, under a name with the time.
Numbers in Redis follow by themselves once the system runs again.

Environment: CARAT_EVENT_STORE. Where it is not set, it is as in the system that
npm start runs; where none runs, it is sqlite:.carat/carat.db.
Exit codes: 0 the log is restored; 1 the file is damaged or no log; 2 nothing
was changed.`;

export const addRestore = (program: Command, context: CommandContext): void => {
  program
    .command('restore')
    .description('Put a backup in the place of the log, while nobody has it open.')
    .argument('<file>', 'a copy that carat backup made')
    .option('--yes', 'do not ask before the log is replaced')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', examples)
    .action((file: string, options: RestoreFlags) => run(file, options, context));
};

type RestoreFlags = { readonly yes?: boolean; readonly json?: boolean };

const run = async (
  file: string,
  { yes, json }: RestoreFlags,
  { signal, print, say, done }: CommandContext,
): Promise<void> => {
  const log = logFileOf((await readConfig()).eventStore);
  if (!yes && existsSync(log) && process.stdin.isTTY !== true) {
    throw new CommandError(`There is a log ${log}: say --yes if it is to be replaced.`);
  }
  const progress = startProgress(!json && process.stderr.isTTY === true);
  const mayReplace = async (found: CheckedLog): Promise<boolean> => {
    progress.stop();
    return yes === true || ask(questionOf(log, file, found), signal);
  };
  try {
    const restored = await restoreLog(log, file, {
      now: Date.now,
      mayReplace,
      signal,
      onProgress: progress.onStep,
    });
    progress.stop();
    if (restored === undefined) {
      say('Nothing was changed.');
      return done(exitCodes.couldNotRun);
    }
    print(json ? JSON.stringify(reportOf(log, restored)) : describe(log, file, restored));
    done(exitCodes.agree);
  } catch (error) {
    progress.stop();
    const isBad = error instanceof EventStoreError && ['damaged', 'not_a_log'].includes(error.code);
    if (!isBad) throw error;
    say(error.message);
    done(exitCodes.differ);
  }
};

const endOf = ({ last }: CheckedLog): string =>
  last ? `the last is event ${last.id} at position ${last.position}` : 'it is empty';

const questionOf = (log: string, file: string, found: CheckedLog): string =>
  `${file} holds ${many(found.events, 'event')}, ${endOf(found)}. Replace the log ${log} with it?`;

const reportOf = (log: string, { events, last, replaced }: Restored): object => ({
  log,
  events,
  position: last?.position ?? null,
  event: last?.id ?? null,
  replaced: replaced ?? null,
});

const describe = (log: string, file: string, restored: Restored): string =>
  [
    `${many(restored.events, 'event')} of ${file}: checked and restored to ${log}`,
    `  ${endOf(restored)}`,
    ...(restored.replaced === undefined ? [] : [`  the log that was there: ${restored.replaced}`]),
  ].join('\n');
