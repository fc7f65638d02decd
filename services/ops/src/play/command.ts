import { randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../config.ts';
import { limits } from '../limits.ts';
import { LogFault } from '../logs/fault.ts';
import { type ReadLog, readGiftLog } from '../logs/read.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../outcome.ts';
import { verify } from '../verify/verify.ts';
import { describeSystem, logToPlayInto, startThrowAway, type ThrowAway } from './local.ts';
import { planRun } from './plan.ts';
import { startProgress } from './progress.ts';
import { describePlayed, reportOf } from './report.ts';
import { type Played, runPlan, type Target } from './run.ts';

type PlayOptions = {
  readonly local?: boolean;
  readonly speed: number;
  readonly json?: boolean;
  readonly gateways: number;
  readonly projectors: number;
};

const speedOf = (text: string): number => {
  const speed = Number(text);
  if (text.trim() === '' || !Number.isFinite(speed) || speed < 0) {
    throw new InvalidArgumentError('It is a number of times real speed, or 0 for as fast as it goes.');
  }
  return speed;
};

const processesOf = (text: string): number => {
  const processes = Number(text);
  if (Number.isInteger(processes) && processes >= 1 && processes <= limits.maxProcesses) return processes;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${limits.maxProcesses}.`);
};

const examples = `
Examples:
  carat play --local --speed 0 live.jsonl.gz
      all at once, on a system of its own
  carat play --local --speed 20 --gateways 2 live.jsonl
      at 20 times real speed through two gateways
  carat play live.jsonl
      on the system that npm start runs, at real speed
  CARAT_EVENT_STORE=kurrentdb://127.0.0.1:2113?tls=false \\
    carat play --local --speed 0 live.jsonl
      on a system of its own over that server's log

Every run is a new live; its gifts are listed under new ids, and its viewers are
granted the coins that they give by the log. When it is over, what the receipts,
the api and the creator's socket say is compared with what the log implies; with
--local the whole system is verified too, as \`carat verify\` does, and what
differs there makes \`agree\` false as well. A combo that grows for more than ten
minutes goes on under a new id, since the gateway takes none that is older than
fifteen.

With --local the log is a file that is removed afterwards; where
CARAT_EVENT_STORE names a server, it is that server's log, which keeps what was
played.

Environment: CARAT_URL, the api of a running system, and CARAT_JWT_SECRET, which
signs tokens. Where the first is not set, it is the api of the system that npm
start runs, or else http://127.0.0.1:3000.
Exit codes: 0 all agree; 1 something differs, or a log is not whole; 2 it could
not be played.`;

export const addPlay = (program: Command, context: CommandContext): void => {
  program
    .command('play')
    .description(
      'Play gift logs as their viewers, and compare what all witnesses say with what the logs imply.',
    )
    .argument('<file...>', 'gift logs in JSON Lines, plain or gzip')
    .option('--local', 'on a throw-away system that is removed afterwards')
    .option('--speed <n>', 'times real speed; 0 is as fast as it goes', speedOf, 1)
    .option('--gateways <n>', 'with --local: how many gateways', processesOf, 1)
    .option('--projectors <n>', 'with --local: how many projectors', processesOf, 1)
    .option('--json', 'one JSON object a line for each log, and nothing else on stdout')
    .addHelpText('after', examples)
    .action(async (files: string[], options: PlayOptions) =>
      context.done(await play(files, options, context)),
    );
};

const play = async (
  files: readonly string[],
  options: PlayOptions,
  { signal, print, say }: CommandContext,
): Promise<ExitCode> => {
  const config = await readConfig();
  let local: ThrowAway | undefined;
  /** Only a log that is whole needs a system. */
  const target = async (): Promise<Target> => {
    if (!options.local) return config;
    if (!local) {
      const eventStore = logToPlayInto(config.chosenEventStore);
      local = await startThrowAway({ ...options, eventStore }, say);
      for (const line of describeSystem(local.system)) say(line);
    }
    return local.system;
  };
  const show = (played: Played): void => {
    print(options.json ? JSON.stringify(reportOf(played)) : describePlayed(played));
    for (const line of played.differences) say(`${played.plan.log}: ${line}`);
  };
  let allAgree = true;
  try {
    for (const file of files) {
      const log = await readWhole(file);
      if (log instanceof LogFault) {
        say(log.message);
        allAgree = false;
        continue;
      }
      const played = await playOne(log, await target(), options, signal);
      const proved = local ? await prove(played, local, signal) : played;
      show(proved);
      allAgree &&= proved.differences.length === 0;
    }
  } finally {
    await local?.remove();
  }
  return allAgree ? exitCodes.agree : exitCodes.differ;
};

const readWhole = async (file: string): Promise<ReadLog | LogFault> => {
  try {
    return await readGiftLog(file);
  } catch (error) {
    if (error instanceof LogFault) return error;
    throw error;
  }
};

const playOne = async (
  log: ReadLog,
  target: Target,
  { speed, json }: PlayOptions,
  signal: AbortSignal,
): Promise<Played> => {
  const plan = planRun(log, randomBytes(limits.runIdBytes).toString('hex'));
  const shown = !json && process.stderr.isTTY === true;
  const progress = startProgress(plan.log, plan.frames.length, shown);
  try {
    return await runPlan(plan, { target, speed, signal, onProgress: progress.update });
  } finally {
    progress.stop();
  }
};

/** On a system of our own, everything else has to be right too. */
const prove = async (played: Played, { system }: ThrowAway, signal: AbortSignal): Promise<Played> => {
  const { differences } = await verify(system, signal);
  return { ...played, differences: [...played.differences, ...differences] };
};
