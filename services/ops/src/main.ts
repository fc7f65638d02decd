import { describeFailure } from '@carat/service-kit';
import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { limits } from './limits.ts';
import { type CommandContext, codeOfFailure, type ExitCode, exitCodes } from './outcome.ts';

const examples = `
Examples:
  carat simulate --seed 7 --minutes 5 --out live.jsonl.gz
      make a live as a gift log
  carat play --local --speed 0 live.jsonl.gz
      play it on a throw-away system
  carat status
      how a running system stands
  carat verify
      prove its log and all of its numbers
  carat tail --live gala
      print what happens in a live, as it happens
  carat copy --to 'kurrentdb://127.0.0.1:2113?tls=false'
      copy the log to another event store
  carat backup /backups/carat.db
      copy the log while gifts keep coming
  carat restore /backups/carat.db
      put such a copy in the place of the log

From a checkout it is typed as: npm run -s carat -- status

Exit codes: 0 all is well; 1 something differs, or the log is damaged; 2 the
command could not run; 130 Ctrl-C.`;

/** By convention a process that a signal ends early says so with 128 and the signal's number. */
const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const interrupted = new AbortController();
let code: number = exitCodes.couldNotRun;
const context: CommandContext = {
  signal: interrupted.signal,
  print: (line) => void process.stdout.write(`${line}\n`),
  say: (line) => void process.stderr.write(`${line}\n`),
  done: (ended: ExitCode) => {
    code = ended;
  },
};

// Whoever reads the output may have seen enough: that is no failure.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** Resolves when all that was written is on its way. */
const flush = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()));

const program = new Command('carat')
  .description('The command line of Carat: play gift logs, look at a system, prove its numbers.')
  .addHelpText('after', examples)
  .enablePositionalOptions()
  .exitOverride();
for (const add of commands) add(program, context);

let interruptedAt: number | undefined;
for (const [signal, ended] of Object.entries(signalCodes)) {
  process.on(signal, () => {
    interruptedAt ??= performance.now();
    if (performance.now() - interruptedAt > limits.sameSignalMs) process.exit(ended);
    code = ended;
    interrupted.abort(new Error(`${signal} ended it`));
  });
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) code = error.exitCode === 0 ? exitCodes.agree : exitCodes.couldNotRun;
  else if (!interrupted.signal.aborted) {
    code = codeOfFailure(error);
    context.say(describeFailure(error));
  }
}
await Promise.all([process.stdout, process.stderr].map(flush));
process.exit(code);
