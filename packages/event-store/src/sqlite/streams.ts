import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Revision } from '../port.ts';
import { BoundedMap } from './bounded-map.ts';
import {
  damagedRow,
  type EventRow,
  eventColumns,
  isSound,
  lostHead,
  lostName,
  lostRow,
  sumOfName,
} from './event-rows.ts';
import { prepareRows, type Rows } from './rows.ts';

/** The last event of a stream: its revision and its place in the log. -1 and 0 where there is none. */
export type StreamHead = { readonly revision: Revision; readonly position: number };

/** A stream's number and name, and what the name adds to the checksums of its events. */
export type StreamName = { readonly number: number; readonly name: string; readonly sum: number };

/**
 * A stream as it was known to stand as of a version of the file: others may have moved it since. Its number
 * and what its name adds to checksums never change.
 */
export type Place = {
  readonly number: number;
  readonly sum: number;
  revision: Revision;
  position: number;
  version: number;
};

/** Where a stream stands was never looked up. */
const never = -1;

/**
 * Remembers streams, the ones longest out of use dropped first; the others are looked up. Numbers and names
 * never change; how far a stream has come does. What is looked up is proved by what else the file says of it.
 */
export class StreamCache {
  readonly #places: BoundedMap<string, Place>;
  /** By number modulo the size: numbers have no gaps, and an array is read faster than a map. */
  readonly #names: StreamName[] = [];
  readonly #size: number;
  readonly #selectNumber: Rows<[number: number]>;
  readonly #selectName: Rows<[name: string]>;
  readonly #selectNamesakes: Rows<[name: string | null]>;
  readonly #selectHead: Rows<[revision: number, position: number]>;
  readonly #selectPlace: Rows<[stream: number, revision: number]>;
  readonly #selectEvent: Rows<EventRow>;
  readonly #insert: StatementSync;
  readonly #insertName: StatementSync;

  /** @param size streams remembered at most */
  constructor(db: DatabaseSync, size: number) {
    this.#places = new BoundedMap(size);
    this.#size = size;
    this.#selectNumber = prepareRows(db, 'SELECT number FROM streams WHERE name = ?');
    this.#selectName = prepareRows(db, 'SELECT name FROM streams WHERE number = ?');
    this.#selectNamesakes = prepareRows(
      db,
      'SELECT name FROM names LEFT JOIN streams ON number = stream WHERE sum = ?',
    );
    this.#selectHead = prepareRows(db, 'SELECT revision, position FROM heads WHERE stream = ?');
    this.#selectPlace = prepareRows(db, 'SELECT stream, revision FROM events WHERE position = ?');
    this.#selectEvent = prepareRows(db, `SELECT ${eventColumns} FROM events WHERE position = ?`);
    this.#insert = db.prepare('INSERT INTO streams (name) VALUES (?)');
    this.#insertName = db.prepare('INSERT INTO names VALUES (?, ?)');
  }

  /** Undefined where there surely is no such stream. @throws EventStoreError `damaged`: nobody can tell */
  numberOf(name: string): number | undefined {
    return this.#find(name)?.number;
  }

  #find(name: string): Place | undefined {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    let number = this.#lookUp(name);
    if (number === undefined) {
      if (!this.#isKnown(name)) return undefined;
      // It may have come between the two looks.
      number = this.#lookUp(name);
    }
    const named = number === undefined ? undefined : this.nameOf(number);
    if (number === undefined || named?.name !== name) throw lostName(name);
    const place = { number, sum: named.sum, revision: -1, position: 0, version: never };
    this.#places.set(name, place);
    return place;
  }

  #lookUp(name: string): number | undefined {
    return this.#selectNumber.get(name)?.[0];
  }

  /** Whether a stream of that name is written down on the other pages that say so. */
  #isKnown(name: string): boolean {
    const sum = sumOfName(name);
    return this.#selectNamesakes
      .all(sum)
      .some(([namesake]) => namesake === null || namesake === name || sumOfName(namesake) !== sum);
  }

  /** Undefined for a number that no stream has. Whether the name is what was written, its events tell. */
  nameOf(stream: number): StreamName | undefined {
    const known = this.#names[stream % this.#size];
    if (known?.number === stream) return known;
    const name: unknown = this.#selectName.get(stream)?.[0];
    if (typeof name !== 'string') return undefined;
    return this.#remember(stream, name);
  }

  #remember(number: number, name: string): StreamName {
    const named = { number, name, sum: sumOfName(name) };
    this.#names[number % this.#size] = named;
    return named;
  }

  /**
   * Where a stream stands, as far as is known; undefined where there surely is no such stream.
   * @param version of the file, which is looked into where nothing is known
   * @throws EventStoreError `damaged`
   */
  placeOf(name: string, version: number): Place | undefined {
    const place = this.#find(name);
    if (place?.version === never) this.lookAgain(place, version);
    return place;
  }

  /** Makes sure of where a stream stands. @throws EventStoreError `damaged` */
  lookAgain(place: Place, version: number): void {
    const { revision, position } = this.readHead(place.number);
    place.revision = revision;
    place.position = position;
    place.version = version;
  }

  /**
   * Where a stream ends on disk, where the event that is named there says so too.
   * @throws EventStoreError `damaged`: every stream has an end
   */
  readHead(stream: number): StreamHead {
    const named = this.nameOf(stream);
    const head = this.#selectHead.get(stream);
    if (!named || !head) throw lostHead(named?.name ?? `number ${stream}`);
    const [revision, position] = head;
    const place = this.#selectPlace.get(position);
    if (place?.[0] === stream && place[1] === revision) return { revision, position };
    const row = this.#selectEvent.get(position);
    if (row === undefined) throw lostRow(named.name, revision);
    const by = this.nameOf(row[1]);
    throw by && isSound(row, by.sum) ? lostHead(named.name) : damagedRow(row, by?.name);
  }

  /** Makes a stream, inside a writing transaction. */
  create(name: string, version: number): Place {
    const number = Number(this.#insert.run(name).lastInsertRowid);
    const { sum } = this.#remember(number, name);
    this.#insertName.run(sum, number);
    const place = { number, sum, revision: -1, position: 0, version };
    this.#places.set(name, place);
    return place;
  }

  /** Forgets everything: what is remembered may not be what is on disk. */
  clear(): void {
    this.#places.clear();
    this.#names.length = 0;
  }
}
