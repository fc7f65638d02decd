import { createInterface } from 'node:readline/promises';
import { type CommandContext, CommandError } from '../outcome.ts';

/** Asks whoever sits at the terminal; anything but a yes is a no. */
export const ask = async (question: string, signal: AbortSignal): Promise<boolean> => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
};

/** The same, unless it was said already. @throws CommandError where nobody can be asked */
export const isAgreed = async (
  question: string,
  { yes }: { readonly yes?: boolean },
  { signal }: CommandContext,
): Promise<boolean> => {
  if (yes) return true;
  if (process.stdin.isTTY !== true) throw new CommandError(`${question} Say --yes if so.`);
  return ask(question, signal);
};
