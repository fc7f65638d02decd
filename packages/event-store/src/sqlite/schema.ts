import type { DatabaseSync } from 'node:sqlite';
import { EventStoreError } from '../port.ts';
import { prepareRows } from './rows.ts';

/** Marks the file as a log of ours: "CART". */
const applicationId = 0x43415254;
const schemaVersion = 1;

/**
 * Positions are given by hand inside the writing transaction, so they are gapless and in the order of
 * commits. `previous` is the position of the stream's event before, 0 for its first; `chain.ts` says what
 * for.
 */
const schema = `
CREATE TABLE streams (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream   INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  created  INTEGER NOT NULL,
  id       BLOB    NOT NULL,
  type     TEXT    NOT NULL,
  data     TEXT    NOT NULL
) STRICT;
CREATE TABLE heads (stream INTEGER PRIMARY KEY, revision INTEGER NOT NULL, position INTEGER NOT NULL) STRICT;
CREATE TABLE marks (
  stream   INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (stream, revision)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${schemaVersion};
`;

/** How many of the last events are counted at open: enough to notice a file that was cut or patched. */
const provenTail = 1_000;

const numberFrom = (db: DatabaseSync, sql: string): number =>
  prepareRows<[number: number | null]>(db, sql).get()?.[0] ?? 0;

const refuse = (message: string): never => {
  throw new EventStoreError('not_a_log', message);
};

const isEmpty = (db: DatabaseSync): boolean => numberFrom(db, 'SELECT count(*) FROM sqlite_schema') === 0;

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
  const version = numberFrom(db, 'PRAGMA user_version');
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
  const last = numberFrom(db, 'SELECT max(position) FROM events');
  const tail = numberFrom(db, `SELECT count(*) FROM events WHERE position > ${last - provenTail}`);
  if (tail !== Math.min(last, provenTail)) refuse(`${path} lacks some of its last ${provenTail} events.`);
};

/**
 * Makes the tables where there are none. Processes that open one new file together are put in a row by the
 * lock.
 */
export const createSchema = (db: DatabaseSync): void => {
  if (!isEmpty(db)) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    if (isEmpty(db)) db.exec(schema);
    db.exec('COMMIT');
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
};
