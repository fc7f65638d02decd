import type { DatabaseSync } from 'node:sqlite';
import { EventStoreError } from '../port.ts';
import { isMarked, marksUpTo } from './chain.ts';
import { isMalformed } from './errors.ts';
import {
  damagedRow,
  type EventRow,
  eventColumns,
  isSound,
  lostHead,
  lostName,
  lostRow,
  malformedRows,
  missingRows,
  sumOfName,
} from './event-rows.ts';
import { prepareRows, type Rows } from './rows.ts';
import type { StreamCache, StreamHead } from './streams.ts';

/** Something that is not as it was written, and the last position before it. */
export type Damage = { readonly error: EventStoreError; readonly soundUpTo: number };

const pageEvents = 500;

/**
 * Holds a range of the log against all that the file says of it: rows, their chain by stream, marks, heads,
 * names. Inside one transaction.
 */
export class RowScan {
  readonly #db: DatabaseSync;
  readonly #streams: StreamCache;
  readonly #selectPage: Rows<EventRow>;
  readonly #selectMark: Rows<[position: number]>;
  readonly #selectNamed: Rows<[one: number]>;
  readonly #selectPlace: Rows<[stream: number, revision: number]>;
  /** The last event of every stream that was met: an entry each, so about 100 bytes. */
  readonly #ends = new Map<number, StreamHead>();
  /** What follows from damage is no news. */
  #isWhole = true;
  #at = 0;

  constructor(db: DatabaseSync, streams: StreamCache) {
    this.#db = db;
    this.#streams = streams;
    this.#selectPage = prepareRows(
      db,
      `SELECT ${eventColumns} FROM events WHERE position > ? ORDER BY position LIMIT ?`,
    );
    this.#selectMark = prepareRows(db, 'SELECT position FROM marks WHERE stream = ? AND revision = ?');
    this.#selectNamed = prepareRows(db, 'SELECT 1 FROM names WHERE sum = ? AND stream = ?');
    this.#selectPlace = prepareRows(db, 'SELECT stream, revision FROM events WHERE position = ?');
  }

  /** The position that was come to. */
  get at(): number {
    return this.#at;
  }

  /** Whether no damage was met. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Streams met so far. */
  get streams(): number {
    return this.#ends.size;
  }

  /** Marks that the streams met so far have, from their beginnings to where they were met last. */
  get marks(): number {
    let marks = 0;
    for (const { revision } of this.#ends.values()) marks += marksUpTo(revision);
    return marks;
  }

  /**
   * Goes through all rows after a position, and yields between pages.
   * @returns the last position that there is a row at; after malformed pages there is no going on
   */
  *rows(after: number): Generator<Damage | undefined, number> {
    let at = after;
    for (;;) {
      let page: EventRow[];
      try {
        page = this.#selectPage.all(at, pageEvents);
      } catch (error) {
        if (!isMalformed(error)) throw error;
        at = yield* this.#rowByRow(at);
        yield this.#fault(malformedRows(at + 1, at + 1), at);
        return at;
      }
      const lastBefore = at;
      at = yield* this.#look(page, at);
      if (at === lastBefore) return at;
      this.#at = at;
      yield undefined;
    }
  }

  /** The rows of a page that can't be had whole. @returns the last one that can be had */
  *#rowByRow(after: number): Generator<Damage, number> {
    let at = after;
    try {
      for (;;) {
        const lastBefore = at;
        at = yield* this.#look(this.#selectPage.all(at, 1), at);
        if (at === lastBefore) return at;
      }
    } catch (error) {
      if (!isMalformed(error)) throw error;
      return at;
    }
  }

  /** @returns the position of the last row that was looked at, always further on unless there is none */
  *#look(page: readonly EventRow[], after: number): Generator<Damage, number> {
    let at = after;
    for (const row of page) {
      const [position, stream, revision] = row;
      const named = this.#streams.nameOf(stream);
      if (!named || !isSound(row, named.sum)) {
        yield this.#fault(damagedRow(row, named?.name), at);
        at += 1;
        continue;
      }
      if (position > at + 1) yield this.#fault(missingRows(at + 1, position - 1), at);
      if (position <= at) {
        yield this.#fault(malformedRows(at + 1, at + 1), at);
        return after;
      }
      if (this.#isWhole && !this.#fitsChain(row)) yield this.#fault(lostRow(named.name, revision), at);
      at = position;
    }
    return at;
  }

  #fault(error: EventStoreError, soundUpTo: number): Damage {
    this.#isWhole = false;
    return { error, soundUpTo };
  }

  #fitsChain([position, stream, revision, previous]: EventRow): boolean {
    const before = this.#ends.get(stream) ?? this.#placeOf(stream, previous);
    this.#ends.set(stream, { revision, position });
    if (before.revision !== revision - 1 || before.position !== previous) return false;
    return !isMarked(revision) || this.#selectMark.get(stream, revision)?.[0] === position;
  }

  /** The event of a stream that lies before what is looked at; -1 and 0 where there is none. */
  #placeOf(stream: number, position: number): StreamHead {
    const place = position === 0 ? undefined : this.#selectPlace.get(position);
    return place?.[0] === stream ? { revision: place[1], position } : { revision: -1, position: 0 };
  }

  /** Every stream that was met ends where its head says, and is found by its name. */
  *heads(): Generator<Damage | undefined> {
    if (!this.#isWhole) return;
    const sql = 'SELECT revision, position FROM heads WHERE stream = ?';
    const selectHead = prepareRows<[revision: number, position: number]>(this.#db, sql);
    let looked = 0;
    for (const [stream, { revision, position }] of this.#ends) {
      const name = this.#streams.nameOf(stream)?.name ?? String(stream);
      const head = selectHead.get(stream);
      const soundUpTo = position - 1;
      if (head?.[0] !== revision || head[1] !== position) yield { error: lostHead(name), soundUpTo };
      else if (!this.#isFound(stream, name)) yield { error: lostName(name), soundUpTo };
      looked += 1;
      if (looked % pageEvents === 0) yield undefined;
    }
  }

  #isFound(stream: number, name: string): boolean {
    if (this.#selectNamed.get(sumOfName(name), stream) === undefined) return false;
    try {
      return this.#streams.numberOf(name) === stream;
    } catch (error) {
      if (error instanceof EventStoreError && error.code === 'damaged') return false;
      throw error;
    }
  }
}
