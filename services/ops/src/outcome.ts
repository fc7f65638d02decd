import { EventStoreError } from '@carat/event-store';
import { plural } from './wording.ts';

/**
 * What every command ends with. `differ`: it was looked at, and it is not as it should be, as a log that is
 * damaged never is; `couldNotRun`: nobody can tell.
 */
export const exitCodes = { agree: 0, differ: 1, couldNotRun: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a command is given to work with. */
export type CommandContext = {
  /** Aborts when the command is to end early. */
  readonly signal: AbortSignal;
  /** A line on stdout. */
  readonly print: (line: string) => void;
  /** A line on stderr. */
  readonly say: (line: string) => void;
  readonly done: (code: ExitCode) => void;
};

/** The command cannot be carried out; the message is one sentence for whoever typed it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Whether an error, or what it comes of, is that a log is damaged. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Error &&
  ((error instanceof EventStoreError && error.code === 'damaged') || isDamage(error.cause));

/** What a command ends with that an error has ended. */
export const codeOfFailure = (error: unknown): ExitCode =>
  isDamage(error) ? exitCodes.differ : exitCodes.couldNotRun;

/** Collects what differs, a line each and none of those kept twice, in bounded memory. */
export type Differences = {
  add(line: string): void;
  readonly count: number;
  /** The first ones, and how many more there are. */
  lines(): string[];
};

export const createDifferences = (most: number): Differences => {
  const kept: string[] = [];
  let count = 0;
  return {
    add: (line) => {
      if (kept.includes(line)) return;
      count += 1;
      if (kept.length < most) kept.push(line);
    },
    get count() {
      return count;
    },
    lines: () =>
      count > kept.length
        ? [...kept, `… and ${count - kept.length} more ${plural(count - kept.length, 'difference')}`]
        : [...kept],
  };
};
