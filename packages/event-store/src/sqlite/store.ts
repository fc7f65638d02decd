import { resolve } from 'node:path';
import {
  type AppendResult,
  type EventStore,
  EventStoreError,
  type LogEnd,
  type LogPage,
  type LogRead,
  type Position,
  parsePosition,
  type StreamPage,
  type StreamRead,
  type StreamWrite,
} from '../port.ts';
import { checkLogRead, checkStreamRead, type PreparedAppend, prepareAppend } from '../validate.ts';
import { type Connection, type ConnectionOptions, openConnection } from './connection.ts';
import { Doorbell } from './doorbell.ts';
import { asOutcomeUnknown } from './errors.ts';
import { Groups } from './groups.ts';
import { Listeners } from './listeners.ts';
import { runPatiently } from './patience.ts';
import type { Outcome } from './writer.ts';

const defaults: ConnectionOptions = {
  cachePages: 16_384,
  cachedStreams: 200_000,
  now: Date.now,
  onDamage: (damage) => {
    throw damage;
  },
};

/**
 * Opens a log kept in one SQLite file, and makes it where there is none; its folder must exist. Several
 * processes may have it open. What an append has answered is on disk.
 * @throws EventStoreError `not_a_log` where the file is something else, unreadable or newer than this code;
 * `damaged` where the end of the log is cut off or patched, unless `onDamage` takes it
 */
export const openSqliteStore = async (
  path: string,
  options: Partial<ConnectionOptions> = {},
): Promise<EventStore> => {
  const file = resolve(path);
  const settings = { ...defaults, ...options };
  const open = (create: boolean): Connection => openConnection(file, create, settings);
  return new SqliteStore(file, await runPatiently(() => open(true), `${file} can't be opened`), () =>
    open(false),
  );
};

class SqliteStore implements EventStore {
  readonly #file: string;
  readonly #reopen: () => Connection;
  readonly #groups = new Groups((group) => this.#commit(group));
  readonly #listeners = new Listeners();
  readonly #bell: Doorbell;
  #connection: Connection | undefined;
  #seenVersion: number;
  #closing: Promise<void> | undefined;

  constructor(file: string, connection: Connection, reopen: () => Connection) {
    this.#file = file;
    this.#connection = connection;
    this.#seenVersion = connection.dataVersion();
    this.#reopen = reopen;
    this.#bell = new Doorbell(`${file}-bell`, () => this.#look());
  }

  async append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    this.#refuseWhenClosed();
    return this.#groups.add(prepareAppend(writes));
  }

  async readStream(stream: string, read: StreamRead): Promise<StreamPage> {
    checkStreamRead(stream, read);
    return this.#read(({ reader }) => reader.readStream(stream, read));
  }

  async readAll(read: LogRead): Promise<LogPage> {
    checkLogRead(read);
    return this.#read(({ reader }) => reader.readAll(read));
  }

  async head(): Promise<LogEnd | undefined> {
    return this.#read(({ reader }) => reader.head());
  }

  async eventAt(position: Position): Promise<string | undefined> {
    const place = parsePosition(position);
    return this.#read(({ reader }) => reader.eventAt(place));
  }

  onMore(listener: () => void): () => void {
    this.#refuseWhenClosed();
    this.#bell.listen();
    return this.#listeners.add(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    await this.#groups.drain();
    this.#bell.close();
    this.#listeners.clear();
    this.#connection?.close();
    this.#connection = undefined;
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) throw new EventStoreError('closed', 'The event store is closed.');
  }

  #read<T>(step: (connection: Connection) => T): Promise<T> {
    return runPatiently(() => {
      this.#refuseWhenClosed();
      return step(this.#current());
    }, `${this.#file} can't be read`);
  }

  /** The connection to the file that the path names now: another log may have been put in its place. */
  #current(): Connection {
    if (this.#connection?.isCurrent()) return this.#connection;
    this.#connection?.close();
    this.#connection = undefined;
    this.#connection = this.#reopen();
    this.#seenVersion = this.#connection.dataVersion();
    this.#listeners.call();
    return this.#connection;
  }

  #commit(group: readonly PreparedAppend[]): Outcome[] {
    const connection = this.#current();
    const results = connection.writer.commit(group);
    this.#proveStillCurrent(connection);
    this.#bell.ring();
    this.#listeners.call();
    return results;
  }

  /** What was committed to a file that meanwhile was taken away may or may not come back with it. */
  #proveStillCurrent(connection: Connection): void {
    try {
      if (connection.isCurrent()) return;
    } catch (error) {
      throw asOutcomeUnknown(error);
    }
    throw asOutcomeUnknown(new Error(`${this.#file} was replaced meanwhile`));
  }

  /** Calls the listeners where another process has written, or another log has been put in place. */
  #look(): void {
    try {
      const version = this.#current().dataVersion();
      if (version === this.#seenVersion) return;
      this.#seenVersion = version;
      this.#listeners.call();
    } catch {
      // Whoever reads or appends is told what is wrong; the next look may find it mended.
    }
  }
}
