import type { DatabaseSync } from 'node:sqlite';
import { EventStoreError } from '../port.ts';
import { prepareRows } from './rows.ts';

/** Marks the file as a log of ours: "CART". */
const applicationId = 0x43415254;
const schemaVersion = 1;

/**
 * Positions are given by hand inside the writing transaction, so they are gapless and in the order of
 * commits. `previous` is the position of the stream's event before, 0 for its first; `chain.ts` says what
 * for. `checksum` is over all that an event is and where; `event-rows.ts` makes it.
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
PRAGMA user_version = ${schemaVersion};
`;

/** How many of the last events are counted at open: enough to notice a file that was cut or patched. */
const provenTail = 1_000;

const numberFrom = (db: DatabaseSync, sql: string): number =>
  prepareRows<[number: number | null]>(db, sql).get()?.[0] ?? 0;

/** Is told what is missing of a log; may throw it, or go on. */
export type OnDamage = (damage: EventStoreError) => void;

const refuse = (message: string): never => {
  throw new EventStoreError('not_a_log', message);
};

const isEmpty = (db: DatabaseSync): boolean => numberFrom(db, 'SELECT count(*) FROM sqlite_schema') === 0;

/**
 * Refuses what is no log of ours, or is newer than this code, before anything is written to it.
 * @param mayBeEmpty whether an empty file will do, because it is to become a log
 */
export const proveSchema = (
  db: DatabaseSync,
  path: string,
  mayBeEmpty: boolean,
  onDamage: OnDamage,
): void => {
  db.exec('BEGIN');
  try {
    if (proveSnapshot(db, path, mayBeEmpty)) proveTail(db, path, onDamage);
  } finally {
    db.exec('ROLLBACK');
  }
};

/** @returns whether there is a log, rather than nothing yet */
const proveSnapshot = (db: DatabaseSync, path: string, mayBeEmpty: boolean): boolean => {
  const application = numberFrom(db, 'PRAGMA application_id');
  const version = numberFrom(db, 'PRAGMA user_version');
  if (application === 0 && version === 0 && isEmpty(db)) {
    if (!mayBeEmpty) refuse(`${path} was a log and is empty now.`);
    return false;
  }
  if (application !== applicationId)
    refuse(`${path} is a database of another application, not an event log.`);
  if (version > schemaVersion) {
    refuse(
      `${path} has schema ${version}, this build knows ${schemaVersion}: it was written by a newer one.`,
    );
  }
  if (version < 1) refuse(`${path} has schema ${version}, which never was one.`);
  return true;
};

const proveTail = (db: DatabaseSync, path: string, onDamage: OnDamage): void => {
  const last = numberFrom(db, 'SELECT max(position) FROM events');
  const tail = numberFrom(db, `SELECT count(*) FROM events WHERE position > ${last - provenTail}`);
  const newest = numberFrom(
    db,
    'SELECT position FROM heads WHERE stream = (SELECT max(number) FROM streams)',
  );
  if (tail === Math.min(last, provenTail) && newest <= last) return;
  onDamage(new EventStoreError('damaged', `${path} lacks some of its last ${provenTail} events.`));
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
