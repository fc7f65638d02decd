/** What every command ends with. */
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
      count > kept.length ? [...kept, `… and ${count - kept.length} more differences`] : [...kept],
  };
};
