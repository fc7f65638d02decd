import { existsSync, statSync } from 'node:fs';
import { backup, type DatabaseSync } from 'node:sqlite';
import { EventStoreError } from '../port.ts';
import { type CheckedLog, checkAlone } from './check.ts';
import { asNotALog, asUnavailable, isBusy } from './errors.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { runPatiently } from './patience.ts';
import { place, removeCompanions, removeDatabase, truePath } from './placing.ts';
import { enter } from './presence.ts';

/** Pages of 4 KiB that are copied at a stretch; between two, somebody may call it off. */
const pagesAtOnce = 500;

/** What long work on a file says of how far it has come. */
export type Step = 'copied' | 'checked';
export type OnStep = (step: Step, done: number, total: number) => void;

export type BackupOptions = {
  /** Whether a file of that name may go. */
  readonly mayReplace: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnStep;
};

export type BackedUp = CheckedLog & { readonly bytes: number };

/**
 * Copies a log, as it is at one moment, into a file, while others append. The copy has its name only once it
 * is whole, checked, and on disk; it is a log like any other.
 * @throws EventStoreError `invalid_input` where the file is there already and may not go; `damaged` where the
 * log, and so its copy, is; `unavailable`, `not_a_log`; the reason that `signal` was given
 */
export const backUpLog = async (path: string, to: string, options: BackupOptions): Promise<BackedUp> => {
  const [log, file] = [truePath(path), truePath(to)];
  if (log === file) throw new EventStoreError('invalid_input', `${file} is the log itself.`);
  if (!options.mayReplace && existsSync(file)) throw inTheWay(file);
  if (!existsSync(log)) throw new EventStoreError('unavailable', `There is no log ${log}.`);
  const part = `${file}.part-${process.pid}`;
  const presence = await runPatiently(() => enter(log), `${log} can't be read`);
  try {
    await copyLog(log, part, options);
    const checked = await checkCopy(part, log, options);
    // What is left beside a file that goes would be taken for a part of the one that comes.
    removeCompanions(file);
    place(part, file, options.mayReplace);
    return { ...checked, bytes: statSync(file).size };
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw inTheWay(file);
    throw asUnavailable(error, `${log} can't be copied to ${file}`);
  } finally {
    removeDatabase(part);
    presence.leave();
  }
};

const inTheWay = (file: string): EventStoreError =>
  new EventStoreError('invalid_input', `There is a file ${file} already.`);

/**
 * While a transaction of ours reads, all steps copy what it sees: without one, SQLite would begin anew
 * whenever somebody appends.
 */
const copyLog = async (log: string, part: string, { signal, onProgress }: BackupOptions): Promise<void> => {
  removeDatabase(part);
  const db = await runPatiently(() => openSnapshot(log), `${log} can't be read`);
  try {
    await backup(db, part, {
      rate: pagesAtOnce,
      progress: ({ totalPages, remainingPages }) => {
        signal?.throwIfAborted();
        onProgress?.('copied', totalPages - remainingPages, totalPages);
      },
    });
  } finally {
    db.close();
  }
};

const openSnapshot = (log: string): DatabaseSync => {
  const { db, isBroken } = openOrRefuse(log);
  try {
    if (isBroken) throw new EventStoreError('damaged', `Some pages of ${log} are missing or malformed.`);
    db.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

const openOrRefuse = (log: string): LogFile => {
  try {
    return openLogFile(log, false);
  } catch (error) {
    throw isBusy(error) ? error : asNotALog(error, log);
  }
};

/** What is wrong with the copy came with it from the log. */
const checkCopy = async (
  part: string,
  log: string,
  { signal, onProgress }: BackupOptions,
): Promise<CheckedLog> => {
  try {
    return await checkAlone(part, {
      ...(signal && { signal }),
      onProgress: (done, total) => onProgress?.('checked', done, total),
    });
  } catch (error) {
    if (!(error instanceof EventStoreError && error.code === 'damaged')) throw error;
    throw new EventStoreError('damaged', error.message.replaceAll(part, log), { cause: error });
  }
};
