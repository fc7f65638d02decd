import type { Faults, Habits, LiveOptions, Preset } from '@carat/simulator';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** What the command line says; knobs that are not turned are missing. */
export type SimulateOptions = {
  readonly seed: string;
  readonly preset: Preset;
  readonly minutes: number;
  readonly viewers?: number;
  readonly sendsPerMinute?: number;
  readonly live?: string;
  readonly creator?: string;
  readonly out?: string;
  readonly json?: boolean;
} & Partial<Faults & Habits>;

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It is a number.');
};

const switched = (text: string): boolean => {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new InvalidArgumentError('It is on or off.');
};

/**
 * One knob per fault and habit: its flag, what it turns. Those that are not turned stay as the preset has
 * them.
 */
const knobs: readonly (readonly [keyof (Faults & Habits), flag: string, what: string])[] = [
  ['skippedCounts', '--skipped-counts <share>', 'counts within a combo for which no frame is made'],
  ['closingFrames', '--closing-frames <share>', 'sends that get one more frame with the same count'],
  ['duplicateFrames', '--duplicate-frames <share>', 'frames delivered twice'],
  ['lateFrames', '--late-frames <share>', 'frames that arrive seconds late'],
  ['reorderedCombos', '--reordered-combos <share>', 'combos whose frames arrive in disorder'],
  ['replaysPerHour', '--replays-per-hour <n>', 'reconnects that bring the last page of frames again'],
  ['mostReplays', '--most-replays <n>', 'times that such a page comes at most'],
  ['gapsPerHour', '--gaps-per-hour <n>', 'cuts of the feed, each losing seconds of frames'],
  ['coarseClock', '--coarse-clock <on|off>', 'times in whole seconds'],
  ['sendersClock', '--senders-clock <on|off>', "times of the sender's side, so they run backwards at times"],
  ['combos', '--combos <share>', 'sends that go on above one'],
  ['longestCombo', '--longest-combo <n>', 'highest count of a combo'],
  ['batches', '--batches <share>', 'sends of 66, 88, 520 … at once'],
  ['twoGiftsAtOnce', '--two-gifts-at-once <share>', 'sends with another gift beside them'],
];

const habits: ReadonlySet<string> = new Set<keyof Habits>([
  'combos',
  'longestCombo',
  'batches',
  'twoGiftsAtOnce',
]);

export const addOptions = (command: Command): Command => {
  command
    .option('--seed <seed>', 'the same seed and options make the same log, to the byte', '1')
    .addOption(
      new Option('--preset <feed>', 'the feed whose faults are imitated')
        .choices(['douyin', 'tiktok', 'clean'])
        .default('douyin'),
    )
    .option('--minutes <m>', 'how long sends begin', number, 10)
    .option('--viewers <n>', 'how many are in the room', number)
    .option('--sends-per-minute <n>', 'how lively they are, on average', number)
    .option('--live <id>', "the live's id in the log")
    .option('--creator <id>', "the creator's id in the log")
    .option('--out <file>', 'where to write it, packed if it ends in .gz; stdout where missing')
    .option('--json', 'the truth as one line of JSON, on stdout if the log goes to a file');
  for (const [name, flag, what] of knobs) {
    if (name === 'coarseClock' || name === 'sendersClock') command.option(flag, what, switched);
    else command.option(flag, what, number);
  }
  return command;
};

/** The live that the command line asks for. */
export const liveOptionsOf = (options: SimulateOptions): LiveOptions => {
  const turned = knobs.flatMap(([name]) =>
    options[name] === undefined ? [] : [[name, options[name]] as const],
  );
  const { seed, preset, viewers, sendsPerMinute, live, creator } = options;
  return {
    seed,
    preset,
    durationMs: options.minutes * 60_000,
    ...(viewers !== undefined && { viewers }),
    ...(sendsPerMinute !== undefined && { sendsPerMinute }),
    ...(live !== undefined && { live }),
    ...(creator !== undefined && { creator }),
    habits: Object.fromEntries(turned.filter(([name]) => habits.has(name))) as Partial<Habits>,
    faults: Object.fromEntries(turned.filter(([name]) => !habits.has(name))) as Partial<Faults>,
  };
};
