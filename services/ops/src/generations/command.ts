import {
  abandonCandidate,
  approveCandidate,
  beginCandidate,
  dropPrevious,
  type RebuildReport,
  readDifferences,
  revivePrevious,
} from '@carat/read-models';
import type { Command } from 'commander';
import type { Redis } from 'ioredis';
import { readConfig } from '../config.ts';
import { showBars, showLines } from '../copy/progress.ts';
import { limits } from '../limits.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { withRedis } from '../redis.ts';
import { ask } from '../restore/ask.ts';
import { describeDifference } from './differences.ts';
import { awaitSwitch, followCandidate, readActive } from './following.ts';

const environment = `
Environment: REDIS_URL. Where it is not set, it is as in the system that npm start runs; where none
runs, it is redis://127.0.0.1:6379.`;

const rebuildHelp = `
Examples:
  carat rebuild                      fill all numbers anew, show what would change, ask, switch
  carat rebuild --compare            the same, but switch nothing: drop it, or approve it, afterwards
  carat rebuild --yes --json         without asking

A projector fills new numbers from the log beside those that are read, while gifts keep coming, and
compares the two, each slice as of the same place. Then they take the place of the old ones at once;
those are kept for carat rollback until carat drop. Interrupt it whenever you like, and type it again:
it goes on where it is.
${environment}
Exit codes: 0 the new numbers are read, or nothing differs; 1 something differs and nothing was switched;
2 it could not be done.`;

const rollbackHelp = `
Example:
  carat rollback

The numbers that were read before the last rebuild are brought up to date, and are read again then. Those
that are read now are kept in turn.
${environment}
Exit codes: 0 they are read again; 2 it could not be done.`;

const dropHelp = `
Example:
  carat drop

Drops the numbers that a rebuild left behind: those that were read before, and those that are still being
filled. What is read now stays.
${environment}
Exit codes: 0 dropped, or there was nothing; 2 it could not be done.`;

type Flags = { readonly yes?: boolean; readonly json?: boolean; readonly compare?: boolean };

export const addRebuild = (program: Command, context: CommandContext): void => {
  program
    .command('rebuild')
    .description('Fill all numbers anew from the log, compare, and switch.')
    .option('--yes', 'do not ask before the new numbers are read')
    .option('--compare', 'only compare: nothing is switched')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', rebuildHelp)
    .action((flags: Flags) => withSystem((redis) => rebuild(redis, flags, context)));
};

export const addRollback = (program: Command, context: CommandContext): void => {
  program
    .command('rollback')
    .description('Go back to the numbers that were read before the last rebuild.')
    .option('--yes', 'do not ask')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', rollbackHelp)
    .action((flags: Flags) => withSystem((redis) => rollback(redis, flags, context)));
};

export const addDrop = (program: Command, context: CommandContext): void => {
  program
    .command('drop')
    .description('Drop the numbers that a rebuild left behind.')
    .option('--yes', 'do not ask')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', dropHelp)
    .action((flags: Flags) => withSystem((redis) => drop(redis, flags, context)));
};

const withSystem = async (work: (redis: Redis) => Promise<void>): Promise<void> =>
  withRedis((await readConfig()).redisUrl, work);

/** @throws CommandError where nobody can be asked */
const isAgreed = async (question: string, { yes }: Flags, { signal }: CommandContext): Promise<boolean> => {
  if (yes) return true;
  if (process.stdin.isTTY !== true) throw new CommandError(`${question} Say --yes if so.`);
  return ask(question, signal);
};

const follow = (redis: Redis, candidate: string, { json }: Flags, { say, signal }: CommandContext) => {
  const start = !json && process.stderr.isTTY === true ? showBars : showLines(say);
  return followCandidate(redis, candidate, start, signal);
};

const rebuild = async (redis: Redis, flags: Flags, context: CommandContext): Promise<void> => {
  const { print, done, signal } = context;
  const active = await readActive(redis);
  const { projections, log } = active;
  const begun = await beginCandidate(redis, { projections, log, approved: false }, active);
  const candidate = begun?.candidate?.generation;
  if (candidate === undefined) throw new CommandError('The numbers were replaced at this moment: try again.');
  const report = await follow(redis, candidate, flags, context);
  const differences = await readDifferences(redis, limits.maxDifferences);
  if (!flags.json)
    for (const line of describeReport(report, differences.map(describeDifference))) print(line);
  let switched = report.phase === 'switched';
  if (!switched && !flags.compare) {
    switched = await isAgreed('Read the new numbers from now on?', flags, context);
    if (switched) await approve(redis, candidate, signal);
  }
  if (flags.json) print(JSON.stringify({ ...report, switched, differing: differences }));
  else print(switched ? `They are read now: generation ${candidate}.` : notSwitched);
  const differs = (report.differences ?? 0) > 0;
  done(switched || !differs ? exitCodes.agree : exitCodes.differ);
};

const notSwitched = 'Nothing was switched. carat rebuild asks again; carat drop drops the new numbers.';

const approve = async (redis: Redis, candidate: string, signal: AbortSignal): Promise<void> => {
  const now = await readActive(redis);
  if (now.candidate?.generation === candidate) await approveCandidate(redis, now);
  await awaitSwitch(redis, candidate, signal);
};

const describeReport = (report: RebuildReport, differing: readonly string[]): string[] => {
  const { events, since, at, differences, fault } = report;
  const seconds = Math.max(0.001, (at - since) / 1_000);
  const rate = Math.round(events / seconds).toLocaleString('en');
  const filled = `Filled anew: ${events.toLocaleString('en')} events in ${seconds.toFixed(1)} s (${rate}/s).`;
  if (differences === null) return [filled, `Not compared: ${fault ?? 'nothing to compare with'}.`];
  if (differences === 0) return [filled, 'Compared with what is read now: nothing differs.'];
  const more = differences - differing.length;
  return [
    filled,
    `Compared with what is read now: ${differences.toLocaleString('en')} numbers differ.`,
    ...differing.map((line) => `  ${line}`),
    ...(more > 0 ? [`  … and ${more.toLocaleString('en')} more`] : []),
  ];
};

const rollback = async (redis: Redis, flags: Flags, context: CommandContext): Promise<void> => {
  const { print, done } = context;
  const active = await readActive(redis);
  const { previous } = active;
  if (active.candidate !== undefined) {
    throw new CommandError('A rebuild is under way: see it to its end, or drop it, first.');
  }
  if (previous === undefined) throw new CommandError('There is nothing to go back to.');
  if (!(await isAgreed(`Go back to generation ${previous.generation}?`, flags, context))) {
    return done(exitCodes.couldNotRun);
  }
  await revivePrevious(redis, active);
  await follow(redis, previous.generation, flags, context);
  const { generation } = previous;
  print(
    flags.json
      ? JSON.stringify({ generation, replaced: active.generation })
      : `Generation ${generation} is up to date and read again.`,
  );
  done(exitCodes.agree);
};

const drop = async (redis: Redis, flags: Flags, { print, done, ...rest }: CommandContext): Promise<void> => {
  const active = await readActive(redis);
  const dropped = [active.previous, active.candidate].flatMap((each) => (each ? [each.generation] : []));
  if (dropped.length > 0) {
    const question = `Drop ${dropped.join(' and ')}? Nobody can go back to them then.`;
    if (!(await isAgreed(question, flags, { print, done, ...rest }))) return done(exitCodes.couldNotRun);
    const without = await abandonCandidate(redis, active);
    if (without !== undefined) await dropPrevious(redis, without);
  }
  const said = dropped.length > 0 ? `Dropped: ${dropped.join(', ')}.` : 'There is nothing to drop.';
  print(flags.json ? JSON.stringify({ dropped }) : said);
  done(exitCodes.agree);
};
