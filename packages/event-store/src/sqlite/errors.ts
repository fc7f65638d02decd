import { EventStoreError } from '../port.ts';

// Result codes, see https://sqlite.org/rescode.html
const busy = 5;
const ioError = 10;
const corrupt = 11;
const full = 13;
const cantOpen = 14;
const tooBig = 18;
const notADatabase = 26;
const failedWrite = 778;
const failedFsync = 1034;
const failedFolderFsync = 1290;

/** SQLite's extended result code, or undefined where the error is not SQLite's. */
const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : undefined;

const primary = (code: number): number => code & 0xff;

const isPrimary = (error: unknown, ...wanted: number[]): boolean => {
  const code = codeOf(error);
  return code !== undefined && wanted.includes(primary(code));
};

/** Another process holds the lock: the same call may go through in a moment. */
export const isBusy = (error: unknown): boolean => isPrimary(error, busy);

/** The pages of the file are not what SQLite wrote: cut off, zeroed, flipped. */
export const isMalformed = (error: unknown): boolean => isPrimary(error, corrupt, tooBig);

/**
 * Whether a COMMIT that failed so has certainly left nothing: the frame that makes a transaction count is
 * written last, so a write that failed, for want of room or otherwise, came before it. A failed fsync may
 * have kept it.
 */
export const hasWrittenNothing = (error: unknown): boolean =>
  isBusy(error) || isPrimary(error, full) || codeOf(error) === failedWrite;

/**
 * What was handed to the disk may or may not be on it, and no later fsync tells: the system may have dropped
 * it.
 */
export const isSyncFailure = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === failedFsync || code === failedFolderFsync;
};

/** Why a call failed, in words for an operator. */
const reasonOf = (error: unknown): string => {
  if (isSyncFailure(error)) return 'the disk did not confirm what was written';
  if (isPrimary(error, full)) return 'the disk, or the room that this file may take, is full';
  if (codeOf(error) === failedWrite) return 'the disk, or a limit on the size of files, refused a write';
  if (isPrimary(error, ioError)) return `the disk failed (SQLite's code ${codeOf(error)})`;
  if (isMalformed(error)) return 'its pages are malformed';
  if (isPrimary(error, notADatabase)) return 'it is no database';
  if (isPrimary(error, cantOpen)) return 'the file, or its folder, is missing or may not be written';
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').replace(/\.$/, '');
};

/** The error as the port throws it. Errors of the port itself pass as they are. */
export const asUnavailable = (error: unknown, what: string): EventStoreError => {
  if (error instanceof EventStoreError) return error;
  const code = isMalformed(error) || isPrimary(error, notADatabase) ? 'damaged' : 'unavailable';
  return new EventStoreError(code, `${what}: ${reasonOf(error)}.`, { cause: error });
};

export const asNotALog = (error: unknown, path: string): EventStoreError => {
  if (error instanceof EventStoreError) return error;
  const code = isMalformed(error) ? 'damaged' : isIoError(error) ? 'unavailable' : 'not_a_log';
  return new EventStoreError(code, `${path} can't be opened as an event log: ${reasonOf(error)}.`, {
    cause: error,
  });
};

/** The disk, not what is on it. */
const isIoError = (error: unknown): boolean => isPrimary(error, ioError, full);

export const asOutcomeUnknown = (error: unknown): EventStoreError =>
  new EventStoreError('outcome_unknown', `The commit failed half way: ${reasonOf(error)}.`, { cause: error });
