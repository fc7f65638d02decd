import { type Stats, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { EventStoreError } from '../port.ts';
import { Checkpoints } from './checkpoints.ts';
import { asNotALog, asUnavailable, isBusy, isSyncFailure } from './errors.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { Reader } from './reader.ts';
import type { Damage } from './row-scan.ts';
import { prepareRows } from './rows.ts';
import { asRefusal, describeBroken, findRecentDamage } from './soundness.ts';
import { StreamCache } from './streams.ts';
import { describeSyncFailure, type OnSyncFailed } from './sync-failure.ts';
import { Writer } from './writer.ts';

export type ConnectionOptions = {
  /** Pages of 4 KiB that SQLite keeps in memory. */
  readonly cachePages: number;
  /** Streams whose place in the log is remembered, so that an append needn't look it up. */
  readonly cachedStreams: number;
  /** The clock of `created`, ms since 1970. */
  readonly now: () => number;
  /** The file is refused growth beyond this many pages of 4 KiB. */
  readonly maxPages?: number | undefined;
  /**
   * Takes damage that shows as the log is opened, or at its end, so that what else there is can be looked at;
   * such a log refuses appends. Where this is missing, it is refused to be opened.
   */
  readonly onDamage?: ((damage: EventStoreError) => void) | undefined;
  /** Is told that an fsync failed. Nothing that waited for it is answered as written, even if it returns. */
  readonly onSyncFailed: OnSyncFailed;
};

/** One open file, with everything that is only true of that file. */
export type Connection = {
  readonly reader: Reader;
  readonly writer: Writer;
  readonly checkpoints: Checkpoints;
  /** False where damage was found and taken: it is there to be looked at. */
  readonly isSound: boolean;
  /**
   * Whether the path still names the file that is open here.
   * @throws EventStoreError `unavailable`: it is gone
   */
  isCurrent(): boolean;
  /** A number that changes whenever another connection has committed. */
  dataVersion(): number;
  close(): void;
};

/**
 * Opens the log, or with `create` makes it where there is none.
 * @throws EventStoreError `not_a_log`, `damaged`, `unavailable`; what `isBusy` recognises where another
 * process is in the way
 */
export const openConnection = (path: string, create: boolean, options: ConnectionOptions): Connection => {
  const before = create ? statSync(path, { throwIfNoEntry: false }) : statOf(path);
  let db: DatabaseSync | undefined;
  try {
    const file = openLogFile(path, create);
    db = file.db;
    db.exec(`PRAGMA cache_size = ${options.cachePages};`);
    if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${options.maxPages};`);
    const streams = new StreamCache(db, options.cachedStreams);
    const isSound = proveSoundness(file, streams, path, options);
    const connection = connect(path, db, streams, isSound, options);
    if (before && !isSameFile(before, statOf(path))) throw replaced(path);
    return connection;
  } catch (error) {
    db?.close();
    if (isSyncFailure(error)) options.onSyncFailed(describeSyncFailure(path));
    throw isBusy(error) ? error : asNotALog(error, path);
  }
};

/** @returns whether nothing is wrong with what was looked at */
const proveSoundness = (
  { db, isBroken }: LogFile,
  streams: StreamCache,
  path: string,
  { onDamage }: ConnectionOptions,
): boolean => {
  let isSound = true;
  const refuse = (damage: Damage): void => {
    isSound = false;
    if (onDamage === undefined) throw asRefusal(damage, path);
    onDamage(damage.error);
  };
  db.exec('BEGIN');
  try {
    for (const damage of findRecentDamage(db, streams, path)) refuse(damage);
    if (isSound && isBroken) refuse(describeBroken(db, streams, path));
  } finally {
    db.exec('ROLLBACK');
  }
  return isSound;
};

const connect = (
  path: string,
  db: DatabaseSync,
  streams: StreamCache,
  isSound: boolean,
  { now, onDamage, onSyncFailed }: ConnectionOptions,
): Connection => {
  const opened = statOf(path);
  const selectVersion = prepareRows<[version: number]>(db, 'PRAGMA data_version');
  const dataVersion = (): number => selectVersion.get()?.[0] ?? 0;
  const checkpoints = new Checkpoints(db, () => onSyncFailed(describeSyncFailure(path)));
  if (isSound) checkpoints.moveRest();
  return {
    reader: new Reader(db, streams, onDamage ?? throwIt),
    writer: new Writer(db, streams, dataVersion, now),
    checkpoints,
    isSound,
    isCurrent: () => isSameFile(statOf(path), opened),
    dataVersion,
    close: () => db.close(),
  };
};

const throwIt = (damage: EventStoreError): void => {
  throw damage;
};

const isSameFile = (one: Stats, other: Stats): boolean => one.ino === other.ino && one.dev === other.dev;

const replaced = (path: string): EventStoreError =>
  new EventStoreError('unavailable', `The log ${path} was replaced while it was opened.`);

const statOf = (path: string): Stats => {
  try {
    return statSync(path);
  } catch (error) {
    throw asUnavailable(error, `The log ${path} is gone`);
  }
};
