import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Revision } from '../port.ts';
import { BoundedMap } from './bounded-map.ts';
import { lostHead, sumOfName } from './event-rows.ts';
import { prepareRows, type Rows } from './rows.ts';

/** The last event of a stream: its revision and its place in the log. -1 and 0 where there is none. */
export type StreamHead = { readonly revision: Revision; readonly position: number };

/** A stream's name, and what it adds to the checksums of its events. */
export type StreamName = { readonly name: string; readonly sum: number };

const noHead: StreamHead = { revision: -1, position: 0 };

/**
 * Remembers streams, the ones longest out of use dropped first; the others are looked up. Numbers and names
 * never change; how far a stream has come does.
 */
export class StreamCache {
  readonly #numbers: BoundedMap<string, number>;
  readonly #names: BoundedMap<number, StreamName>;
  readonly #heads: BoundedMap<number, StreamHead>;
  readonly #selectNumber: Rows<[number: number]>;
  readonly #selectName: Rows<[name: string]>;
  readonly #selectHead: Rows<[revision: number, position: number]>;
  readonly #insert: StatementSync;

  /** @param size streams remembered at most */
  constructor(db: DatabaseSync, size: number) {
    this.#numbers = new BoundedMap(size);
    this.#names = new BoundedMap(size);
    this.#heads = new BoundedMap(size);
    this.#selectNumber = prepareRows(db, 'SELECT number FROM streams WHERE name = ?');
    this.#selectName = prepareRows(db, 'SELECT name FROM streams WHERE number = ?');
    this.#selectHead = prepareRows(db, 'SELECT revision, position FROM heads WHERE stream = ?');
    this.#insert = db.prepare('INSERT INTO streams (name) VALUES (?)');
  }

  numberOf(name: string): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#selectNumber.get(name)?.[0];
    if (number !== undefined) this.#numbers.set(name, number);
    return number;
  }

  /** Undefined for a number that no stream has. */
  nameOf(stream: number): StreamName | undefined {
    const known = this.#names.get(stream);
    if (known !== undefined) return known;
    const row = this.#selectName.get(stream);
    if (row === undefined) return undefined;
    const named = { name: row[0], sum: sumOfName(row[0]) };
    this.#names.set(stream, named);
    return named;
  }

  /**
   * Only to be trusted inside a writing transaction that has noticed what others wrote.
   * @throws EventStoreError `damaged`: every stream has one
   */
  headOf(stream: number): StreamHead {
    const known = this.#heads.get(stream);
    if (known !== undefined) return known;
    const row = this.#selectHead.get(stream);
    if (row === undefined) throw lostHead(this.nameOf(stream)?.name ?? String(stream));
    const head = { revision: row[0], position: row[1] };
    this.#heads.set(stream, head);
    return head;
  }

  setHead(stream: number, head: StreamHead): void {
    this.#heads.set(stream, head);
  }

  /** Makes a stream, inside a writing transaction. @returns its number */
  create(name: string): number {
    const stream = Number(this.#insert.run(name).lastInsertRowid);
    this.#numbers.set(name, stream);
    this.#heads.set(stream, noHead);
    return stream;
  }

  /** Forgets everything: what is remembered may not be what is on disk. */
  clear(): void {
    this.#numbers.clear();
    this.#names.clear();
    this.#heads.clear();
  }
}
