import { defaultCatalogue } from './catalogue.ts';
import type { Gift } from './gift-log.ts';
import { type Faults, type Habits, measuredHabits, type Preset, presets } from './habits.ts';
import { highestCount, mostCoinsPerGift } from './parse.ts';

/** Everything but the seed has a default. The same options make the same live, to the byte of its log. */
export interface LiveOptions {
  readonly seed: string | number;
  /** Ids of the live and its creator. */
  readonly live?: string;
  readonly creator?: string;
  /** ISO 8601; informative, so it is not the time of the run. */
  readonly startedAt?: string;
  /**
   * How long sends begin, in ms; the frames of the last ones follow. Infinity for a live that is stopped by
   * hand.
   */
  readonly durationMs?: number;
  /** On average; real rooms have 20 to 50, and 170 on a very busy day. */
  readonly sendsPerMinute?: number;
  /**
   * How many are in the room; in real lives about twice as many as there are sends, so that most send once.
   */
  readonly viewers?: number;
  readonly catalogue?: readonly Gift[];
  /** The feed to imitate; single faults and habits can be turned on top. */
  readonly preset?: Preset;
  readonly faults?: Partial<Faults>;
  readonly habits?: Partial<Habits>;
}

/** Options with every choice made. */
export interface LivePlan {
  readonly seed: string;
  readonly live: string;
  readonly creator: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly sendsPerMinute: number;
  readonly viewers: number;
  readonly catalogue: readonly Gift[];
  readonly faults: Faults;
  readonly habits: Habits;
}

const tenMinutesMs = 600_000;

/** Fills in the defaults. Throws RangeError with a sentence where an option makes no sense. */
export const planOf = (options: LiveOptions): LivePlan => {
  const seed = String(options.seed);
  const faults = { ...presets[options.preset ?? 'douyin'], ...options.faults };
  const habits = { ...measuredHabits, ...options.habits };
  const plan: LivePlan = {
    seed,
    live: options.live ?? `simulated-${seed}`,
    creator: options.creator ?? 'simulated-creator',
    startedAt: options.startedAt ?? '2026-01-01T20:00:00Z',
    durationMs: options.durationMs ?? tenMinutesMs,
    sendsPerMinute: options.sendsPerMinute ?? 45,
    viewers: options.viewers ?? 10_000,
    catalogue: options.catalogue ?? defaultCatalogue,
    faults,
    habits,
  };
  check(plan);
  return plan;
};

const check = ({ durationMs, sendsPerMinute, viewers, catalogue, faults, habits }: LivePlan): void => {
  insist('durationMs', durationMs, durationMs > 0);
  insist('sendsPerMinute', sendsPerMinute, sendsPerMinute > 0 && sendsPerMinute <= 60_000);
  insist('viewers', viewers, Number.isInteger(viewers) && viewers >= 1);
  insist('catalogue', catalogue.length, catalogue.length >= 1);
  for (const { id, coins } of catalogue) insist(`${id}.coins`, coins, isWhole(coins, 1, mostCoinsPerGift));
  for (const name of ['combos', 'batches', 'twoGiftsAtOnce'] as const) insistShare(name, habits[name]);
  insist('combos + batches', habits.combos + habits.batches, habits.combos + habits.batches <= 1);
  insist('longestCombo', habits.longestCombo, isWhole(habits.longestCombo, 2, highestCount));
  for (const name of shares) insistShare(name, faults[name]);
  insist(
    'replaysPerHour',
    faults.replaysPerHour,
    faults.replaysPerHour >= 0 && faults.replaysPerHour <= 3_600,
  );
  insist('mostReplays', faults.mostReplays, isWhole(faults.mostReplays, 0, 1_000));
  insist('gapsPerHour', faults.gapsPerHour, faults.gapsPerHour >= 0 && faults.gapsPerHour <= 3_600);
};

const shares = [
  'skippedCounts',
  'closingFrames',
  'duplicateFrames',
  'lateFrames',
  'reorderedCombos',
] as const;

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

const insistShare = (name: string, value: number): void => insist(name, value, value >= 0 && value <= 1);

const insist = (name: string, value: number, right: boolean): void => {
  if (!right) throw new RangeError(`A live can't be simulated with ${name} = ${value}.`);
};
