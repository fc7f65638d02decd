import { existsSync, renameSync, rmSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventStoreError } from '../port.ts';
import type { OnStep } from './backup.ts';
import { type CheckedLog, checkAlone } from './check.ts';
import { asUnavailable, isBusy } from './errors.ts';
import { openLogFile } from './log-file.ts';
import { giveSecondName, place, removeCompanions, removeDatabase, truePath } from './placing.ts';
import { keepOut } from './presence.ts';
import { prepareRows } from './rows.ts';
import { proveSchema } from './schema.ts';
import { findRecentDamage } from './soundness.ts';
import { StreamCache } from './streams.ts';

const cachedStreams = 100_000;

export type RestoreOptions = {
  readonly now: () => number;
  /** Is asked before the log is replaced, where there is one. */
  readonly mayReplace: (restored: CheckedLog) => Promise<boolean>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnStep;
};

export type Restored = CheckedLog & {
  /** Where the log is now that was there before; undefined where none was. */
  readonly replaced: string | undefined;
};

/**
 * Puts a backup in the place of a log that nobody has open, once it is checked wholly, and keeps the log that
 * was there. A process that dies half way leaves either of them in that place, whole.
 * @returns undefined where it may not be replaced
 * @throws EventStoreError `unavailable` while anyone has the log open; `damaged`, `not_a_log` where the file
 * is not a whole log; the reason that `signal` was given
 */
export const restoreLog = async (
  path: string,
  from: string,
  options: RestoreOptions,
): Promise<Restored | undefined> => {
  const [log, file] = [truePath(path), truePath(from)];
  if (log === file) throw new EventStoreError('invalid_input', `${file} is the log itself.`);
  if (!existsSync(file)) throw new EventStoreError('unavailable', `There is no file ${file}.`);
  await mkdir(dirname(log), { recursive: true });
  const presence = keepOut(log);
  if (presence === undefined) throw inUse(log);
  const part = `${log}.part-${process.pid}`;
  try {
    const checked = await takeCopy(file, part, options);
    const isThere = existsSync(log);
    if (isThere && !(await options.mayReplace(checked))) return undefined;
    options.signal?.throwIfAborted();
    return { ...checked, replaced: replace(log, part, options.now()) };
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw asUnavailable(error, `${file} can't be restored to ${log}`);
  } finally {
    removeDatabase(part);
    presence.leave();
  }
};

const inUse = (log: string): EventStoreError =>
  new EventStoreError('unavailable', `The log ${log} is open in another process.`);

/** A copy beside the log, checked. What the file's own write-ahead log holds comes with it. */
const takeCopy = async (
  file: string,
  part: string,
  { signal, onProgress }: RestoreOptions,
): Promise<CheckedLog> => {
  removeDatabase(part);
  await copyFile(file, part);
  if (existsSync(`${file}-wal`)) await copyFile(`${file}-wal`, `${part}-wal`);
  signal?.throwIfAborted();
  try {
    return await checkAlone(part, {
      ...(signal && { signal }),
      onProgress: (done, total) => onProgress?.('checked', done, total),
    });
  } catch (error) {
    if (!(error instanceof EventStoreError)) throw error;
    throw new EventStoreError(error.code, error.message.replaceAll(part, file), { cause: error });
  }
};

/** @returns the name under which the log is kept that was there */
const replace = (log: string, part: string, now: number): string | undefined => {
  if (!existsSync(log)) {
    removeCompanions(log);
    place(part, log, true);
    return undefined;
  }
  const kept = freeName(`${log}.replaced-${new Date(now).toISOString().replaceAll(':', '-')}`);
  gatherWal(log);
  // A log whose write-ahead log can't be gathered keeps it; without it, it must not stand where it stood.
  if (existsSync(`${log}-wal`)) giveSecondName(`${log}-wal`, `${kept}-wal`);
  keepAs(log, kept);
  removeCompanions(log);
  place(part, log, true);
  return kept;
};

const freeName = (wanted: string): string => {
  let name = wanted;
  for (let more = 2; existsSync(name); more += 1) name = `${wanted}-${more}`;
  return name;
};

/** Moves the write-ahead log into the file, unless one of them is damaged: then neither is touched. */
const gatherWal = (log: string): void => {
  try {
    if (!isSoundLog(log)) return;
    const { db } = openLogFile(log, false);
    try {
      prepareRows(db, 'PRAGMA journal_mode = DELETE').get();
    } finally {
      db.close();
    }
  } catch (error) {
    if (isBusy(error)) throw inUse(log);
    throw error;
  }
};

/** Who may only read moves nothing when it closes, either. */
const isSoundLog = (log: string): boolean => {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(log, { readOnly: true });
    proveSchema(db, log, false);
    db.exec('BEGIN');
    const [damage] = findRecentDamage(db, new StreamCache(db, cachedStreams), log);
    return damage === undefined;
  } catch (error) {
    if (isBusy(error)) throw error;
    return false;
  } finally {
    db?.close();
  }
};

/** A second name, so that there is always a log in that place; where the folder knows none, another name. */
const keepAs = (log: string, kept: string): void => {
  try {
    giveSecondName(log, kept);
  } catch {
    rmSync(kept, { force: true });
    renameSync(log, kept);
  }
};
