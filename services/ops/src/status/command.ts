import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { limits } from '../limits.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../outcome.ts';
import { describeStatus } from './describe.ts';
import { lookAtAll, type Status } from './status.ts';

const examples = `
Examples:
  carat status                            the system that npm start runs
  REDIS_URL=redis://10.0.0.5:6379 CARAT_EVENT_STORE=sqlite:/data/carat.db \\
    carat status --json
  until carat status; do sleep 5; done    wait until all is well

It shows where the log ends and how far it is sealed, how far each unit of
numbers is, which generations of numbers there are, and the queue of the
projector's wake-ups. A unit that is behind is watched for up to ${limits.keepUpMs / 1_000} s: one that
moves on needs no attention. Once days are closed it shows how far they are
settled, which redemptions are open, payouts that came to a dead end, and the
last comparison with each provider. What needs attention is said on stderr.

Environment: CARAT_EVENT_STORE, REDIS_URL. What is not set is as in the system
that npm start runs; where none runs, they are sqlite:.carat/carat.db and
redis://127.0.0.1:6379.
Exit codes: 0 all is well; 1 something needs attention; 2 the log or Redis could
not be looked at.`;

export const addStatus = (program: Command, { signal, print, say, done }: CommandContext): void => {
  program
    .command('status')
    .description('Show how the log, the numbers and the queue of a system stand.')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', examples)
    .action(async ({ json }: { readonly json?: boolean }) => {
      const status = await lookAtAll(await readConfig(), signal);
      print(json ? JSON.stringify(status) : describeStatus(status));
      for (const line of [...status.unseen, ...status.faults]) say(line);
      done(codeOf(status));
    });
};

const codeOf = ({ unseen, faults }: Status): ExitCode => {
  if (unseen.length > 0) return exitCodes.couldNotRun;
  return faults.length > 0 ? exitCodes.differ : exitCodes.agree;
};
