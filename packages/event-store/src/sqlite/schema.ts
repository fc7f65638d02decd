import type { DatabaseSync } from 'node:sqlite';
import { EventStoreError } from '../port.ts';
import { sumOfName } from './event-rows.ts';
import { prepareRows } from './rows.ts';

/** Marks the file as a log of ours: "CART". */
const applicationId = 0x43415254;
const schemaVersion = 2;

/**
 * Positions are given by hand inside the writing transaction, so they are gapless and in the order of
 * commits. `previous` is the position of the stream's event before, 0 for its first; `chain.ts` says what
 * for. `checksum` is over all that an event is and where; `event-rows.ts` makes it.
 */
const firstSchema = `
CREATE TABLE streams (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream   INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  created  INTEGER NOT NULL,
  id       BLOB    NOT NULL,
  type     TEXT    NOT NULL,
  data     TEXT    NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE heads (stream INTEGER PRIMARY KEY, revision INTEGER NOT NULL, position INTEGER NOT NULL) STRICT;
CREATE TABLE marks (
  stream   INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (stream, revision)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = ${applicationId};
`;

/**
 * What no checksum of a row can tell is that a row is gone. So what must never look as if it had never been
 * is written down twice, on pages of their own: the end of the log in `tip`, the streams in `names`, by the
 * sums of their names.
 */
const secondSchema = `
CREATE TABLE tip (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL) STRICT;
CREATE TABLE names (sum INTEGER NOT NULL, stream INTEGER NOT NULL, PRIMARY KEY (sum, stream))
STRICT, WITHOUT ROWID;
INSERT INTO tip SELECT 1, coalesce(max(position), 0) FROM events;
INSERT INTO names SELECT sum_of_name(name), number FROM streams;
PRAGMA user_version = ${schemaVersion};
`;

const numberFrom = (db: DatabaseSync, sql: string): number =>
  prepareRows<[number: number | null]>(db, sql).get()?.[0] ?? 0;

const refuse = (message: string): never => {
  throw new EventStoreError('not_a_log', message);
};

const isEmpty = (db: DatabaseSync): boolean => numberFrom(db, 'SELECT count(*) FROM sqlite_schema') === 0;

const versionOf = (db: DatabaseSync): number => numberFrom(db, 'PRAGMA user_version');

/**
 * Refuses what is no log of ours, or is newer than this code, before anything is written to it.
 * @param mayBeEmpty whether an empty file will do, because it is to become a log
 */
export const proveSchema = (db: DatabaseSync, path: string, mayBeEmpty: boolean): void => {
  db.exec('BEGIN');
  try {
    proveSnapshot(db, path, mayBeEmpty);
  } finally {
    db.exec('ROLLBACK');
  }
};

const proveSnapshot = (db: DatabaseSync, path: string, mayBeEmpty: boolean): void => {
  const application = numberFrom(db, 'PRAGMA application_id');
  const version = versionOf(db);
  if (application === 0 && version === 0 && isEmpty(db)) {
    if (!mayBeEmpty) refuse(`${path} was a log and is empty now.`);
    return;
  }
  if (application !== applicationId)
    refuse(`${path} is a database of another application, not an event log.`);
  if (version > schemaVersion) {
    refuse(
      `${path} has schema ${version}, this build knows ${schemaVersion}: it was written by a newer one.`,
    );
  }
  if (version < 1) refuse(`${path} has schema ${version}, which never was one.`);
};

const isCurrent = (db: DatabaseSync): boolean => versionOf(db) === schemaVersion;

/**
 * Makes the tables where there are none, and those that are missing in a log of an older version. Processes
 * that open one file together are put in a row by the lock.
 */
export const createSchema = (db: DatabaseSync): void => {
  if (isCurrent(db)) return;
  db.function('sum_of_name', { deterministic: true }, (name) => sumOfName(String(name)));
  db.exec('BEGIN IMMEDIATE');
  try {
    if (isEmpty(db)) db.exec(firstSchema);
    if (!isCurrent(db)) db.exec(secondSchema);
    db.exec('COMMIT');
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
};
