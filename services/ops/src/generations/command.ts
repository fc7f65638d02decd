import { creatorUnits, kindOf, maxShards, shardsOf } from '@carat/protocol';
import {
  abandonCandidate,
  approveCandidate,
  beginCandidate,
  dropPrevious,
  type RedisClient,
  readDifferences,
  revivePrevious,
  type Unit,
} from '@carat/read-models';
import { type Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../config.ts';
import { showBars, showLines } from '../copy/progress.ts';
import { limits } from '../limits.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { withRedis } from '../redis.ts';
import { isAgreed } from '../restore/ask.ts';
import { describeDifference } from './differences.ts';
import { awaitSwitch, type Followed, followCandidate, readActive } from './following.ts';
import { describeRebuild } from './report.ts';

const environment = `
Environment: REDIS_URL. Where it is not set, it is as in the system that npm
start runs; where none runs, it is redis://127.0.0.1:6379.`;

const rebuildHelp = `
Examples:
  carat rebuild
      fill all numbers anew, show what would change, ask, switch
  carat rebuild --compare
      the same, but switch nothing: drop it, or approve it, afterwards
  carat rebuild --yes --json
      without asking
  carat rebuild --shards 4
      creators spread over four shards, each of which is projected by itself

A projector fills new numbers from the log beside those that are read, while
gifts keep coming, and compares the two, each slice as of the same place. Then
they take the place of the old ones at once; those are kept for carat rollback
until carat drop. Interrupt it whenever you like, and type it again: it goes on
where it is. New numbers that wait to be approved are taken up, with what was
found as they were compared; carat drop makes room for others.

Without --shards there are as many as before. Set CARAT_CREATOR_SHARDS of the
projectors to the same number: numbers that they begin anew by themselves have
so many. Creators are not compared over different numbers of shards; carat
verify proves them afterwards.
${environment}
Exit codes: 0 the new numbers are read, or nothing differs; 1 something differs
and nothing was switched; 2 it could not be done.`;

const rollbackHelp = `
Example:
  carat rollback

The numbers that were read before the last rebuild are brought up to date, and
are read again then. Those that are read now are kept in turn.
${environment}
Exit codes: 0 they are read again; 2 it could not be done.`;

const dropHelp = `
Example:
  carat drop

Drops the numbers that a rebuild left behind: those that were read before, and
those that are still being filled. What is read now stays.
${environment}
Exit codes: 0 dropped, or there was nothing; 2 it could not be done.`;

type Flags = {
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly compare?: boolean;
  readonly shards?: number;
};

const readShards = (text: string): number => {
  const shards = Number(text);
  if (/^\d+$/.test(text) && shards >= 1 && shards <= maxShards) return shards;
  throw new InvalidArgumentError(`A number from 1 to ${maxShards} is expected.`);
};

/** As it is now, but for the number of shards where another is wanted. */
const unitsFor = (units: readonly Unit[], shards = shardsOf(units)): Unit[] => [
  ...creatorUnits(shards),
  ...units.filter((unit) => kindOf(unit) !== 'creators'),
];

export const addRebuild = (program: Command, context: CommandContext): void => {
  program
    .command('rebuild')
    .description('Fill all numbers anew from the log, compare, and switch.')
    .option('--yes', 'do not ask before the new numbers are read')
    .option('--compare', 'only compare: nothing is switched')
    .option('--shards <n>', 'over how many shards creators are spread from then on', readShards)
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

const withSystem = async (work: (redis: RedisClient) => Promise<void>): Promise<void> =>
  withRedis((await readConfig()).redisUrl, work);

/** The work is a projector's, so whoever interrupts this is told that it is not at its end. */
const follow = async (
  redis: RedisClient,
  candidate: string,
  { json }: Flags,
  { say, signal }: CommandContext,
): Promise<Followed> => {
  const start = !json && process.stderr.isTTY === true ? showBars : showLines(say);
  try {
    return await followCandidate(redis, candidate, { start, say: json ? () => undefined : say }, signal);
  } catch (error) {
    if (signal.aborted) say('It goes on by itself: carat status shows how far it is.');
    throw error;
  }
};

const rebuild = async (redis: RedisClient, flags: Flags, context: CommandContext): Promise<void> => {
  const { print, done, signal } = context;
  const active = await readActive(redis);
  const { projections, log } = active;
  const units = unitsFor(active.units, flags.shards);
  const begun = await beginCandidate(redis, { projections, log, units, approved: false }, active);
  const candidate = begun?.candidate?.generation;
  if (candidate === undefined) throw new CommandError('The numbers were replaced at this moment: try again.');
  const followed = await follow(redis, candidate, flags, context);
  const { report } = followed;
  const wasThere = active.candidate !== undefined && followed.filled === undefined;
  const differences = await readDifferences(redis, limits.maxDifferences);
  const differing = differences.map(describeDifference);
  if (!flags.json) for (const line of describeRebuild(followed, wasThere, differing)) print(line);
  let switched = report.phase === 'switched';
  if (!switched && !flags.compare) {
    switched = await isAgreed('Read the new numbers from now on?', flags, context);
    if (switched) await approve(redis, candidate, signal);
  }
  if (flags.json) print(JSON.stringify({ ...report, wasThere, switched, differing: differences }));
  else print(switched ? `They are read now: generation ${candidate}.` : notSwitched);
  const differs = (report.differences ?? 0) > 0;
  done(switched || !differs ? exitCodes.agree : exitCodes.differ);
};

const notSwitched = 'Nothing was switched. carat rebuild asks again; carat drop drops the new numbers.';

const approve = async (redis: RedisClient, candidate: string, signal: AbortSignal): Promise<void> => {
  const now = await readActive(redis);
  if (now.candidate?.generation === candidate) await approveCandidate(redis, now);
  await awaitSwitch(redis, candidate, signal);
};

const rollback = async (redis: RedisClient, flags: Flags, context: CommandContext): Promise<void> => {
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

const drop = async (
  redis: RedisClient,
  flags: Flags,
  { print, done, ...rest }: CommandContext,
): Promise<void> => {
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
