import { dirname } from 'node:path';
import { describeFailure } from '@carat/service-kit';
import { CommandError } from './outcome.ts';

/** Why a file cannot be written, in a sentence. */
export const cannotWrite = (file: string, error: unknown): CommandError => {
  const { code } = error as NodeJS.ErrnoException;
  const folder = dirname(file);
  const whys: Readonly<Record<string, string>> = {
    ENOENT: `there is no folder ${folder}.`,
    ENOTDIR: `${folder} is no folder.`,
    EISDIR: 'it is a folder.',
    EACCES: 'this user may not write there.',
    ENOSPC: 'the disk is full.',
  };
  return new CommandError(`${file} cannot be written: ${whys[code ?? ''] ?? describeFailure(error)}`);
};
