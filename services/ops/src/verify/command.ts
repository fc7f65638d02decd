import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { type CommandContext, exitCodes } from '../outcome.ts';
import { type Verified, verify } from './verify.ts';

const examples = `
Examples:
  carat verify                                           the system that npm start runs
  REDIS_URL=redis://10.0.0.5:6379 CARAT_EVENT_STORE=sqlite:/data/carat.db carat verify --json

It reads the whole log. Every event is still what was written, and none is gone; coins granted are
held or spent, every booking is paid at its price and rate, every event says truly how its wallet
stands after it, no stream has a gap. Then it compares every number in Redis with the log, each
exactly as of where it stands; gifts may keep coming meanwhile. With a log that is damaged before
where they stand, numbers are not compared.

Environment: CARAT_EVENT_STORE and REDIS_URL. What is not set is as in the system that npm start runs;
where none runs, it is sqlite:.carat/carat.db and redis://127.0.0.1:6379.
Exit codes: 0 all is as the log says; 1 something is not, it is named on stderr; 2 it could not be verified.`;

export const addVerify = (program: Command, { signal, done, print, say }: CommandContext): void => {
  program
    .command('verify')
    .description('Prove the log, and every number in Redis from it.')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', examples)
    .action(async ({ json }: { json?: boolean }) => {
      const verified = await verify(await readConfig(), signal);
      print(json ? JSON.stringify(verified) : describe(verified));
      for (const line of verified.differences) say(line);
      done(verified.agree ? exitCodes.agree : exitCodes.differ);
    });
};

const describe = ({ agree, events, position, wallets, coins, units, skipped }: Verified): string =>
  [
    agree ? 'All is as the log says.' : 'NOT all is as the log says.',
    `  log: ${events} events up to position ${position ?? 'none'}, ${wallets} wallets`,
    `  coins: ${coins.granted} granted = ${coins.held} held + ${coins.spent} spent`,
    ...Object.entries(units).map(
      ([unit, compared]) =>
        `  ${unit}: ${compared.numbers} numbers as of position ${compared.position ?? 'none'}`,
    ),
    ...skipped.map(({ event, unit }) => `  taken out of ${unit} by an operator: event ${event}`),
  ].join('\n');
