import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { EventStoreError } from '../port.ts';
import { isMalformed } from './errors.ts';
import { missingRows } from './event-rows.ts';
import { findLastSeal } from './last-seal.ts';
import { type Damage, RowScan } from './row-scan.ts';
import { prepareRows } from './rows.ts';
import type { StreamCache } from './streams.ts';

/** So many of the last events are looked at where no seal says how far the log was proved already. */
const maxUnsealedEvents = 1_000_000;
/** The smallest row of an event, with what its page says of it. */
const minRowBytes = 48;

/**
 * Finds what is wrong with the end of a log: everything since its last seal, and at least whatever the
 * write-ahead log may have held. Where that log itself was damaged while the file already had what it said,
 * old pages come to lie beside new ones; all of them are from its time.
 */
export function* findRecentDamage(db: DatabaseSync, streams: StreamCache, path: string): Generator<Damage> {
  try {
    const [last, tip] = endsOf(db);
    const { upTo, misfit } = findLastSeal(db, streams);
    const unproved = upTo === 0 ? maxUnsealedEvents : Math.max(last - upTo, eventsInWal(path));
    const from = Math.max(0, last - unproved);
    const scan = new RowScan(db, streams);
    for (const damage of scan.rows(from)) if (damage) yield damage;
    if (misfit) yield { error: misfit, soundUpTo: upTo };
    yield* findWrongEnd(last, tip);
    for (const damage of scan.heads()) if (damage) yield damage;
    yield* findWrongSize(db, streams, path);
  } catch (error) {
    if (!isMalformed(error)) throw error;
    yield describeBroken(db, streams, path);
  }
}

/** A file that SQLite does not take as it is. */
export const describeBroken = (db: DatabaseSync, streams: StreamCache, path: string): Damage => ({
  error: new EventStoreError('damaged', `Some pages of ${path} are missing or malformed.`),
  soundUpTo: findSoundBeginning(db, streams),
});

/** The last position that there is an event at, and the last that was ever given. */
export const endsOf = (db: DatabaseSync): [last: number, tip: number] => {
  const sql = 'SELECT (SELECT max(position) FROM events), (SELECT position FROM tip)';
  const [last, tip] = prepareRows<[number | null, number | null]>(db, sql).get() ?? [null, null];
  return [last ?? 0, tip ?? 0];
};

export function* findWrongEnd(last: number, tip: number): Generator<Damage> {
  if (tip > last) yield { error: missingRows(last + 1, tip), soundUpTo: last };
  if (tip >= last) return;
  const message = `The log ends at position ${tip} by its own account, and goes on to ${last}.`;
  yield { error: new EventStoreError('damaged', message), soundUpTo: tip };
}

/**
 * SQLite notices pages that are missing whole, but takes a page cut short for one that ends in zeros; and it
 * writes over pages that it does not know of. Nothing may be amiss while a write-ahead log is there.
 */
export function* findWrongSize(db: DatabaseSync, streams: StreamCache, path: string): Generator<Damage> {
  const pages = prepareRows<[number]>(db, 'PRAGMA page_count').get()?.[0] ?? 0;
  const pageBytes = prepareRows<[number]>(db, 'PRAGMA page_size').get()?.[0] ?? 0;
  const bytes = statSync(path).size;
  if (walBytesOf(path) > 0 || bytes === pages * pageBytes) return;
  const message = `${path} has ${bytes} bytes, and should have ${pages * pageBytes}.`;
  const error = new EventStoreError('damaged', message);
  yield { error, soundUpTo: findSoundBeginning(db, streams) };
}

const walBytesOf = (path: string): number => statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;

const eventsInWal = (path: string): number => Math.ceil(walBytesOf(path) / minRowBytes);

/** Up to where the log can be read and is sound, from its beginning on. */
const findSoundBeginning = (db: DatabaseSync, streams: StreamCache): number => {
  try {
    const rows = new RowScan(db, streams).rows(0);
    for (let step = rows.next(); ; step = rows.next()) {
      if (step.done) return step.value;
      if (step.value) return step.value.soundUpTo;
    }
  } catch (error) {
    if (isMalformed(error)) return 0;
    throw error;
  }
};

/** The damage as who opens a log is told of it. */
export const asRefusal = ({ error, soundUpTo }: Damage, path: string): EventStoreError =>
  new EventStoreError('damaged', `${path} is sound up to position ${soundUpTo}: ${error.message}`, {
    cause: error,
  });
