import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EventStoreError, type LogEnd, type Position } from '../port.ts';
import { asNotALog, isBusy, isMalformed } from './errors.ts';
import { dashed } from './event-rows.ts';
import { findLastSeal } from './last-seal.ts';
import { openLogFile } from './log-file.ts';
import { runPatiently } from './patience.ts';
import { truePath } from './placing.ts';
import { enter } from './presence.ts';
import { type Damage, RowScan } from './row-scan.ts';
import { prepareRows } from './rows.ts';
import { asRefusal, describeBroken, endsOf, findWrongEnd, findWrongSize } from './soundness.ts';
import { StreamCache } from './streams.ts';

const cachedStreams = 200_000;
const maxMalformed = 100;

export type CheckOptions = {
  readonly signal?: AbortSignal;
  /** Is told how many of how many events were looked at, now and then. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Takes what is wrong, one after the other. Where this is missing, the first is thrown. */
  readonly onDamage?: (damage: EventStoreError) => void;
};

export type CheckedLog = {
  readonly events: number;
  /** Undefined where the log is empty. */
  readonly last: LogEnd | undefined;
};

/**
 * Checks a whole log as it is in its file at one moment, also while others append: every row and its
 * checksum, that none is missing, the chain of every stream, heads, marks and names, and all pages.
 * What seals say beyond the last one's place is not looked at.
 * @throws EventStoreError `damaged`, `not_a_log`, `unavailable`; the reason that `signal` was given
 */
export const checkLogFile = async (path: string, options: CheckOptions = {}): Promise<CheckedLog> => {
  const what = `${path} can't be checked`;
  const presence = await runPatiently(() => enter(truePath(path)), what);
  try {
    return await checkAlone(path, options);
  } finally {
    presence.leave();
  }
};

/** The same, where whoever asks has seen to it that the file is not replaced meanwhile. */
export const checkAlone = async (path: string, options: CheckOptions): Promise<CheckedLog> => {
  const file = await runPatiently(() => openToCheck(path), `${path} can't be checked`);
  const { db } = file;
  const onDamage = (damage: Damage): void => {
    if (options.onDamage === undefined) throw asRefusal(damage, path);
    options.onDamage(damage.error);
  };
  try {
    db.exec('BEGIN');
    if (file.isBroken) onDamage(describeBroken(db, new StreamCache(db, cachedStreams), path));
    return await look(db, path, onDamage, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    if (isMalformed(error)) {
      const damage = describeBroken(db, new StreamCache(db, cachedStreams), path);
      onDamage(damage);
      return { events: damage.soundUpTo, last: undefined };
    }
    throw asNotALog(error, path);
  } finally {
    db.close();
  }
};

const openToCheck = (path: string) => {
  try {
    statSync(path);
    return openLogFile(path, false);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new EventStoreError('unavailable', `There is no log ${path}.`, { cause: error });
    }
    throw isBusy(error) ? error : asNotALog(error, path);
  }
};

const look = async (
  db: DatabaseSync,
  path: string,
  onDamage: (damage: Damage) => void,
  { signal, onProgress }: CheckOptions,
): Promise<CheckedLog> => {
  const streams = new StreamCache(db, cachedStreams);
  const [last, tip] = endsOf(db);
  const scan = new RowScan(db, streams);
  let isSound = true;
  for (const part of [scan.rows(0), findWrongEnd(last, tip), scan.heads(), findUncounted(db, scan, last)]) {
    for (const damage of part) {
      if (damage) {
        isSound = false;
        onDamage(damage);
        continue;
      }
      await nextTurn();
      signal?.throwIfAborted();
      onProgress?.(scan.at, last);
    }
  }
  for (const damage of [...findWrongSize(db, streams, path), ...findMalformed(db, path, isSound ? last : 0)])
    onDamage(damage);
  const { misfit, upTo } = findLastSeal(db, streams);
  if (misfit) onDamage({ error: misfit, soundUpTo: upTo });
  return { events: last, last: endOf(db) };
};

const endOf = (db: DatabaseSync): LogEnd | undefined => {
  const sql = 'SELECT position, lower(hex(id)), created FROM events ORDER BY position DESC LIMIT 1';
  const row = prepareRows<[position: number, id: string, created: number]>(db, sql).get();
  return row && { position: String(row[0]) as Position, id: dashed(row[1]), created: row[2] };
};

/** Rows of the other tables that no event is behind. Only where all events are sound. */
function* findUncounted(db: DatabaseSync, scan: RowScan, last: number): Generator<Damage> {
  if (!scan.isWhole) return;
  const expected = { streams: scan.streams, names: scan.streams, heads: scan.streams, marks: scan.marks };
  for (const [table, rows] of Object.entries(expected)) {
    const found = prepareRows<[number]>(db, `SELECT count(*) FROM ${table}`).get()?.[0] ?? 0;
    if (found === rows) continue;
    const message = `The table ${table} has ${found} rows, and ${rows} follow from the events.`;
    yield { error: new EventStoreError('damaged', message), soundUpTo: last };
  }
}

/** What SQLite itself finds wrong with the pages of the file. */
const findMalformed = (db: DatabaseSync, path: string, soundUpTo: number): Damage[] => {
  const asDamage = (what: string): Damage => ({
    error: new EventStoreError('damaged', `The pages of ${path} are malformed: ${what}.`),
    soundUpTo,
  });
  try {
    return prepareRows<[string]>(db, `PRAGMA integrity_check(${maxMalformed})`)
      .all()
      .filter(([what]) => what !== 'ok')
      .map(([what]) => asDamage(what.replace(/\s+/g, ' ').trim()));
  } catch (error) {
    if (isMalformed(error)) return [asDamage('they cannot even be checked')];
    throw error;
  }
};
