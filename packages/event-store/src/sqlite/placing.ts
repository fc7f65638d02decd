import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The one path of a file, there already or not, by whatever links it is named. */
export const truePath = (path: string): string => {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(resolve(path));
  return join(existsSync(folder) ? realpathSync(folder) : folder, basename(path));
};

/** Has what was written to a file, or to a folder, put on the disk. */
const sync = (path: string): void => {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/**
 * Gives a file that is whole its name, in the same folder, for good once this returns.
 * @param mayReplace whether a file of that name may go
 * @throws what Node throws: EEXIST where there is one that must not go
 */
export const place = (whole: string, path: string, mayReplace: boolean): void => {
  sync(whole);
  if (mayReplace) renameSync(whole, path);
  else {
    giveSecondName(whole, path);
    unlinkSync(whole);
  }
  sync(dirname(path));
};

/** Names a file a second time, never over another. */
export const giveSecondName = (path: string, name: string): void => linkSync(path, name);

/** Removes what SQLite keeps beside a database that nobody has open. */
export const removeCompanions = (path: string): void => {
  for (const ending of ['-wal', '-shm', '-journal']) rmSync(path + ending, { force: true });
};

/** Removes a database that was not finished. */
export const removeDatabase = (path: string): void => {
  rmSync(path, { force: true });
  removeCompanions(path);
};
