import { EventStoreError } from '../port.ts';

// Result codes, see https://sqlite.org/rescode.html
const busy = 5;
const corrupt = 11;
const full = 13;
const notADatabase = 26;
const failedWrite = 778;

/** SQLite's extended result code, or undefined where the error is not SQLite's. */
const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : undefined;

const primary = (code: number): number => code & 0xff;

const isPrimary = (error: unknown, wanted: number): boolean => {
  const code = codeOf(error);
  return code !== undefined && primary(code) === wanted;
};

/** Another process holds the lock: the same call may go through in a moment. */
export const isBusy = (error: unknown): boolean => isPrimary(error, busy);

/** The file is not what SQLite or this adapter wrote. */
export const isNoDatabase = (error: unknown): boolean =>
  isPrimary(error, notADatabase) || isPrimary(error, corrupt);

/**
 * Whether a COMMIT that failed so has certainly left nothing: the frame that makes a transaction count is
 * written last, so a write that failed, for want of room or otherwise, came before it. A failed fsync may
 * have kept it.
 */
export const hasWrittenNothing = (error: unknown): boolean =>
  isBusy(error) || isPrimary(error, full) || codeOf(error) === failedWrite;

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The error as the port throws it. Errors of the port itself pass as they are. */
export const asUnavailable = (error: unknown, what: string): EventStoreError =>
  error instanceof EventStoreError
    ? error
    : new EventStoreError('unavailable', `${what}: ${message(error)}.`, { cause: error });

export const asNotALog = (error: unknown, path: string): EventStoreError =>
  error instanceof EventStoreError
    ? error
    : new EventStoreError('not_a_log', `${path} can't be opened as an event log: ${message(error)}.`, {
        cause: error,
      });

export const asOutcomeUnknown = (error: unknown): EventStoreError =>
  new EventStoreError('outcome_unknown', `The commit failed half way: ${message(error)}.`, { cause: error });
