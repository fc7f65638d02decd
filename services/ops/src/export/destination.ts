import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { CommandError } from '../outcome.ts';
import { ask } from '../restore/ask.ts';
import { type Output, outputTo } from '../tail/output.ts';
import { cannotWrite } from '../unwritable.ts';

/** Where an export goes to: a file, or stdout where none is named. */
export type Destination = { readonly output: Output; close(): Promise<void> };

/**
 * Makes sure that a file may be written: one that exists only if one says so.
 * @returns whether there is anything to be replaced
 * @throws CommandError
 */
export const mayWrite = async (file: string, yes: boolean, signal: AbortSignal): Promise<boolean> => {
  if (!existsSync(file)) return false;
  if (yes) return true;
  if (process.stdin.isTTY !== true) {
    throw new CommandError(`There is a file ${file}: say --yes if it is to be replaced.`);
  }
  if (await ask(`There is a file ${file}. Replace it?`, signal)) return true;
  throw new CommandError('Nothing was written.');
};

/** @throws CommandError where the file cannot be opened, or has come to be meanwhile */
export const openDestination = async (file: string | undefined, replace: boolean): Promise<Destination> => {
  if (file === undefined) return { output: outputTo(process.stdout), close: async () => undefined };
  const handle = await open(file, replace ? 'w' : 'wx').catch((error: unknown) => {
    throw cannotWrite(file, error);
  });
  const stream = handle.createWriteStream();
  // Each write hears of its own failure.
  stream.on('error', () => undefined);
  return {
    output: outputTo(stream),
    close: async () => {
      if (stream.destroyed) return;
      stream.end();
      await once(stream, 'close');
    },
  };
};
