import { type Stats, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { asNotALog, asUnavailable, isBusy } from './errors.ts';
import { Reader } from './reader.ts';
import { prepareRows } from './rows.ts';
import { createSchema, type OnDamage, proveSchema } from './schema.ts';
import { StreamCache } from './streams.ts';
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
   * Is told where the log is known to be damaged as it is opened. It throws that unless it means to look on.
   */
  readonly onDamage: OnDamage;
};

/** One open file, with everything that is only true of that file. */
export type Connection = {
  readonly reader: Reader;
  readonly writer: Writer;
  /**
   * Whether the path still names the file that is open here.
   * @throws EventStoreError `unavailable`: it is gone
   */
  isCurrent(): boolean;
  /** A number that changes whenever another connection has committed. */
  dataVersion(): number;
  close(): void;
};

/** Pages in the write-ahead log after which a commit also moves them into the file. */
const checkpointPages = 1_000;
/** The write-ahead log is cut back to this size once it was larger. */
const maxIdleWalBytes = 64 * 1024 * 1024;

/**
 * Opens the log, or with `create` makes it where there is none.
 * @throws EventStoreError `not_a_log`, `damaged`, `unavailable`; what `isBusy` recognises where another
 * process is in the way
 */
export const openConnection = (path: string, create: boolean, options: ConnectionOptions): Connection => {
  if (!create) statOf(path);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(create ? path : existingOnly(path), { timeout: 0 });
    proveSchema(db, path, create, options.onDamage);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    db.exec(
      `PRAGMA wal_autocheckpoint = ${checkpointPages}; PRAGMA journal_size_limit = ${maxIdleWalBytes};`,
    );
    db.exec(`PRAGMA cache_size = ${options.cachePages};`);
    if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${options.maxPages};`);
    createSchema(db);
    return connect(path, db, options);
  } catch (error) {
    db?.close();
    throw isBusy(error) ? error : asNotALog(error, path);
  }
};

const connect = (path: string, db: DatabaseSync, options: ConnectionOptions): Connection => {
  const opened = statOf(path);
  const selectVersion = prepareRows<[version: number]>(db, 'PRAGMA data_version');
  const dataVersion = (): number => selectVersion.get()?.[0] ?? 0;
  const streams = new StreamCache(db, options.cachedStreams);
  return {
    reader: new Reader(db, streams),
    writer: new Writer(db, streams, dataVersion, options.now),
    isCurrent: () => {
      const now = statOf(path);
      return now.ino === opened.ino && now.dev === opened.dev;
    },
    dataVersion,
    close: () => db.close(),
  };
};

/** The path as SQLite opens it without making a file where there is none. */
const existingOnly = (path: string): URL => {
  const url = pathToFileURL(path);
  url.searchParams.set('mode', 'rw');
  return url;
};

const statOf = (path: string): Stats => {
  try {
    return statSync(path);
  } catch (error) {
    throw asUnavailable(error, `The log ${path} is gone`);
  }
};
