import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isMalformed } from './errors.ts';
import { createSchema, proveSchema } from './schema.ts';

/** The write-ahead log is cut back to this size once it was larger. */
const maxIdleWalBytes = 16 * 1024 * 1024;

export type LogFile = {
  readonly db: DatabaseSync;
  /** SQLite would not take it as it is: its beginning is malformed, or its end is missing. */
  readonly isBroken: boolean;
};

/**
 * Opens a file as a log, or with `create` makes it where there is none. Nothing is written to what is no log,
 * or is broken.
 * @throws EventStoreError `not_a_log`; what SQLite throws
 */
export const openLogFile = (path: string, create: boolean): LogFile => {
  const db = new DatabaseSync(create ? path : existingOnly(path), { timeout: 0, defensive: false });
  try {
    if (!isTaken(db, path, create)) return { db, isBroken: true };
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;');
    db.exec(`PRAGMA journal_size_limit = ${maxIdleWalBytes};`);
    createSchema(db);
    return { db, isBroken: false };
  } catch (error) {
    db.close();
    throw error;
  }
};

/** Whether SQLite takes the file as it is. Where it does not, it is asked to show what is left. */
const isTaken = (db: DatabaseSync, path: string, mayBeEmpty: boolean): boolean => {
  try {
    proveSchema(db, path, mayBeEmpty);
    return true;
  } catch (error) {
    if (!isMalformed(error)) throw error;
    db.exec('PRAGMA writable_schema = ON');
    proveSchema(db, path, false);
    return false;
  }
};

/** The path as SQLite opens it without making a file where there is none. */
const existingOnly = (path: string): URL => {
  const url = pathToFileURL(path);
  url.searchParams.set('mode', 'rw');
  return url;
};
