import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { formatGiftLog, type RunningLive, runLive, type Totals } from '@carat/simulator';
import type { Command } from 'commander';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { cannotWrite } from '../unwritable.ts';
import { many } from '../wording.ts';
import { addOptions, liveOptionsOf, type SimulateOptions } from './options.ts';

const examples = `
Shares are from 0 to 1. What is not set is as measured on the real feed that
--preset names; \`clean\` has no faults.

Examples:
  carat simulate --minutes 3 --out live.jsonl.gz
  carat simulate --seed 42 --preset tiktok --replays-per-hour 60 > live.jsonl
  carat simulate --preset clean --late-frames 0.1 --json --out live.jsonl

What the viewers meant to give, which the log implies, is told on stderr.
Exit codes: 0 the log is written; 2 it could not be made.`;

export const addSimulate = (program: Command, context: CommandContext): void => {
  const command = program
    .command('simulate')
    .description('Make a live as a gift log, with the habits and faults of real feeds.')
    .addHelpText('after', examples);
  addOptions(command).action(async (options: SimulateOptions) => {
    const live = begin(options);
    await write(live, options.out, context.signal);
    tell(live, options, context);
    context.done(exitCodes.agree);
  });
};

const begin = (options: SimulateOptions): RunningLive => {
  try {
    return runLive(liveOptionsOf(options));
  } catch (error) {
    throw error instanceof RangeError ? new CommandError(error.message) : error;
  }
};

function* linesOf(live: RunningLive): Generator<string> {
  for (const line of formatGiftLog(live)) yield `${line}\n`;
}

/** A file takes its name only once it is whole. */
const write = async (live: RunningLive, file: string | undefined, signal: AbortSignal): Promise<void> => {
  const lines = Readable.from(linesOf(live));
  if (file === undefined) return writeTo(lines, process.stdout, signal);
  const part = `${file}.part`;
  try {
    if (file.endsWith('.gz')) await pipeline(lines, createGzip(), createWriteStream(part), { signal });
    else await pipeline(lines, createWriteStream(part), { signal });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    signal.throwIfAborted();
    throw cannotWrite(file, error);
  }
};

/** A reader that has seen enough ends it without a word. */
const writeTo = async (lines: Readable, out: Writable, signal: AbortSignal): Promise<void> => {
  try {
    await pipeline(lines, out, { signal, end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
};

const tell = (live: RunningLive, { out, json }: SimulateOptions, { print, say }: CommandContext): void => {
  const totals = live.truth();
  if (!json) return say(describe(live.header.live, totals));
  const line = JSON.stringify({ live: live.header.live, ...totals });
  if (out === undefined) say(line);
  else print(line);
};

const describe = (live: string, totals: Totals): string => {
  const { frames, combos, viewers, gifts, coins, coinsIfEveryFrameWereAdded } = totals;
  return (
    `${live}: ${many(frames, 'frame')}, ${many(combos, 'combo')} of ${many(viewers, 'viewer')}, ` +
    `${many(gifts, 'gift')}, ${many(coins, 'coin')} ` +
    `(added up frame by frame it would be ${coinsIfEveryFrameWereAdded})`
  );
};
