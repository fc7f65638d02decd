import { resolve } from 'node:path';
import { Listeners } from '../listeners.ts';
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
import { asNotALog, asOutcomeUnknown, isBusy, isSyncFailure } from './errors.ts';
import { Groups } from './groups.ts';
import { runPatiently } from './patience.ts';
import { truePath } from './placing.ts';
import { enter, type Presence } from './presence.ts';
import { describeSyncFailure, endProcess } from './sync-failure.ts';
import type { Outcome } from './writer.ts';

/** After a file was refused that was put in the log's place, it is not proved again for so long. */
const refusedMs = 1_000;

/** An fsync that fails ends the process. */
const defaults: ConnectionOptions = {
  cachePages: 16_384,
  cachedStreams: 200_000,
  now: Date.now,
  onSyncFailed: endProcess,
};

/**
 * Opens a log kept in one SQLite file, and makes it where there is none; its folder must exist. Several
 * processes may have it open. What an append has answered is on disk.
 * @throws EventStoreError `not_a_log` where the file is something else, unreadable or newer than this code;
 * `damaged` where anything since the last seal is not as it was written, unless `onDamage` takes it
 */
export const openSqliteStore = async (
  path: string,
  options: Partial<ConnectionOptions> = {},
): Promise<EventStore> => {
  const file = resolve(path);
  const settings = { ...defaults, ...options };
  const presence = await runPatiently(() => enterLog(file), `${file} can't be opened`);
  try {
    const open = (): Connection => openConnection(file, true, settings);
    const connection = await runPatiently(open, `${file} can't be opened`);
    return new SqliteStore(file, settings, presence, connection);
  } catch (error) {
    presence.leave();
    throw error;
  }
};

const enterLog = (file: string): Presence => {
  try {
    return enter(truePath(file));
  } catch (error) {
    throw isBusy(error) ? error : asNotALog(error, file);
  }
};

class SqliteStore implements EventStore {
  readonly #file: string;
  readonly #settings: ConnectionOptions;
  readonly #presence: Presence;
  readonly #groups = new Groups((group) => this.#commit(group));
  readonly #listeners = new Listeners();
  readonly #bell: Doorbell;
  #connection: Connection | undefined;
  #seenVersion: number;
  #refused: { readonly error: EventStoreError; readonly until: number } | undefined;
  #closing: Promise<void> | undefined;

  constructor(file: string, settings: ConnectionOptions, presence: Presence, connection: Connection) {
    this.#file = file;
    this.#settings = settings;
    this.#presence = presence;
    this.#connection = connection;
    this.#seenVersion = connection.dataVersion();
    this.#bell = new Doorbell(`${truePath(file)}-bell`, () => this.#look());
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
    this.#presence.leave();
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

  #reopen(): Connection {
    if (this.#refused && performance.now() < this.#refused.until) throw this.#refused.error;
    try {
      return openConnection(this.#file, false, this.#settings);
    } catch (error) {
      const isRefused = error instanceof EventStoreError && error.code === 'damaged';
      if (isRefused) this.#refused = { error, until: performance.now() + refusedMs };
      throw error;
    }
  }

  #commit(group: readonly PreparedAppend[]): Outcome[] {
    const connection = this.#current();
    if (!connection.isSound) {
      throw new EventStoreError('damaged', `${this.#file} is damaged: nothing is appended to it.`);
    }
    const results = this.#write(connection, group);
    this.#proveStillCurrent(connection);
    this.#bell.ring();
    this.#listeners.call();
    if (connection.checkpoints.isDue()) setImmediate(() => this.#checkpoint(connection));
    return results;
  }

  #write({ writer }: Connection, group: readonly PreparedAppend[]): Outcome[] {
    try {
      return writer.commit(group);
    } catch (error) {
      if (isBusy(error)) this.#bell.listen();
      if (error instanceof EventStoreError && isSyncFailure(error.cause)) {
        this.#settings.onSyncFailed(describeSyncFailure(this.#file));
      }
      throw error;
    }
  }

  /** After the answers have gone out. */
  #checkpoint(connection: Connection): void {
    if (connection === this.#connection) connection.checkpoints.move();
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

  /** Notices that another process has written, or that another log has been put in place. */
  #look(): void {
    this.#groups.nudge();
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
