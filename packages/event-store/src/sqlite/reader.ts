import type { DatabaseSync } from 'node:sqlite';
import {
  type EventStoreError,
  type JsonObject,
  type LogEnd,
  type LogPage,
  type LogRead,
  limits,
  type Position,
  type StoredEvent,
  type StreamPage,
  type StreamRead,
} from '../port.ts';
import { Chain } from './chain.ts';
import { damagedRow, type EventRow, eventColumns, isSound, lostHead, missingRows } from './event-rows.ts';
import { prepareRows, type Rows } from './rows.ts';
import type { StreamCache } from './streams.ts';

/** A page is fetched in steps of so many events, so that large ones can end it early. */
const stepEvents = 100;

/**
 * Reads the log. Positions are gapless and an event never changes, so the events up to a head that was read
 * before are the same in any later snapshot: no read needs a transaction of its own.
 */
export class Reader {
  readonly #db: DatabaseSync;
  readonly #streams: StreamCache;
  readonly #chain: Chain;
  readonly #selectHead: Rows<[position: number | null]>;
  readonly #selectEnd: Rows<[position: number, id: string, created: number]>;
  readonly #selectId: Rows<[id: string]>;
  readonly #selectStreamHead: Rows<[revision: number, position: number]>;
  /** The queries of the log by how many prefixes they filter by. */
  readonly #selectAll = new Map<number, Rows<EventRow>>();
  readonly #count: Rows<[events: number]>;
  readonly #selectPositions: Rows<[position: number]>;
  readonly #selectNext: Rows<[position: number | null]>;

  constructor(db: DatabaseSync, streams: StreamCache) {
    this.#db = db;
    this.#streams = streams;
    this.#chain = new Chain(db);
    this.#selectHead = prepareRows(db, 'SELECT max(position) FROM events');
    this.#selectEnd = prepareRows(
      db,
      'SELECT position, lower(hex(id)), created FROM events ORDER BY position DESC LIMIT 1',
    );
    this.#selectId = prepareRows(db, 'SELECT lower(hex(id)) FROM events WHERE position = ?');
    this.#selectStreamHead = prepareRows(db, 'SELECT revision, position FROM heads WHERE stream = ?');
    const between = 'FROM events WHERE position > ? AND position <= ?';
    this.#count = prepareRows(db, `SELECT count(*) ${between}`);
    this.#selectPositions = prepareRows(db, `SELECT position ${between} ORDER BY position`);
    this.#selectNext = prepareRows(db, 'SELECT min(position) FROM events WHERE position > ?');
  }

  readStream(name: string, { from, direction, limit }: StreamRead): StreamPage {
    const stream = this.#streams.numberOf(name);
    if (stream === undefined) return { exists: false };
    const row = this.#selectStreamHead.get(stream);
    if (row === undefined) throw lostHead(name);
    const [last, position] = row;
    const isBackwards = direction === 'backwards';
    const high = Math.min(isBackwards ? (from ?? last) : (from ?? 0) + limit - 1, last);
    const low = isBackwards ? Math.max(0, high - limit + 1) : (from ?? 0);
    const rows = this.#chain.walkBack(stream, name, { revision: last, position }, high, low);
    return { exists: true, events: this.#toEvents(isBackwards ? rows : rows.reverse()), last };
  }

  readAll({ after, prefixes = [], limit }: LogRead): LogPage {
    const start = after === undefined ? 0 : Number(after);
    const head = this.#selectHead.get()?.[0] ?? 0;
    const end = Math.min(start + limit, head);
    const select = this.#prepareAll(prefixes.length);
    const ranges = prefixes.flatMap((prefix) => [prefix, beyond(prefix)]);
    const rows: EventRow[] = [];
    let upTo = start;
    let bytes = 0;
    while (upTo < end && bytes < limits.maxPageBytes) {
      const next = Math.min(upTo + stepEvents, end);
      const found = select.all(upTo, next, ...ranges);
      const damage = this.#findDamage(found, upTo, next, prefixes.length > 0);
      const sound = damage ? damage.position - 1 : next;
      if (damage && sound === start) throw damage.error;
      for (const row of found) {
        if (row[0] > sound) break;
        bytes += row[7].length;
        rows.push(row);
      }
      upTo = sound;
      if (damage) break;
    }
    return {
      events: this.#toEvents(rows),
      upTo: upTo > start ? (String(upTo) as Position) : after,
      atHead: upTo >= head,
    };
  }

  /**
   * The first place after one and up to another that is not as it was written: among the rows found there, or
   * one where no row is. Rows that a filter left out are counted, not looked at.
   */
  #findDamage(
    found: readonly EventRow[],
    after: number,
    upTo: number,
    isFiltered: boolean,
  ): { readonly position: number; readonly error: EventStoreError } | undefined {
    const unsound = found.find((row) => {
      const named = this.#streams.nameOf(row[1]);
      return named === undefined || !isSound(row, named.sum);
    });
    const count = isFiltered ? (this.#count.get(after, upTo)?.[0] ?? 0) : found.length;
    const missing = count === upTo - after ? Infinity : this.#findMissing(after, upTo);
    if (unsound && unsound[0] < missing) {
      return { position: unsound[0], error: damagedRow(unsound, this.#streams.nameOf(unsound[1])?.name) };
    }
    if (missing === Infinity) return undefined;
    const next = this.#selectNext.get(missing)?.[0] ?? missing + 1;
    return { position: missing, error: missingRows(missing, next - 1) };
  }

  #findMissing(after: number, upTo: number): number {
    const positions = this.#selectPositions.all(after, upTo);
    const place = positions.findIndex(([position], place) => position !== after + 1 + place);
    return after + 1 + (place < 0 ? positions.length : place);
  }

  head(): LogEnd | undefined {
    const row = this.#selectEnd.get();
    return row && { position: String(row[0]) as Position, id: dashed(row[1]), created: row[2] };
  }

  eventAt(position: Position): string | undefined {
    const row = this.#selectId.get(Number(position));
    return row && dashed(row[0]);
  }

  /**
   * The log decides the order of the join: the cost is bounded by the events looked at, however many streams.
   */
  #prepareAll(prefixes: number): Rows<EventRow> {
    const known = this.#selectAll.get(prefixes);
    if (known !== undefined) return known;
    const ranges = Array.from({ length: prefixes }, () => '(name >= ? AND name < ?)').join(' OR ');
    const filter = prefixes === 0 ? '' : `AND (${ranges})`;
    const join = prefixes === 0 ? '' : 'CROSS JOIN streams ON streams.number = events.stream';
    const statement = prepareRows<EventRow>(
      this.#db,
      `SELECT ${eventColumns} FROM events ${join}
       WHERE position > ? AND position <= ? ${filter} ORDER BY position`,
    );
    this.#selectAll.set(prefixes, statement);
    return statement;
  }

  /** One parse for all rows, which are sound, is twice as fast as one for each. */
  #toEvents(rows: readonly EventRow[]): StoredEvent[] {
    const data = JSON.parse(`[${rows.map((row) => row[7]).join(',')}]`) as JsonObject[];
    return rows.map((row, place) => ({
      id: dashed(row[5]),
      type: row[6],
      data: data[place] as JsonObject,
      stream: this.#streams.nameOf(row[1])?.name as string,
      revision: row[2],
      position: String(row[0]) as Position,
      created: row[4],
    }));
  }
}

const dashed = (id: string): string =>
  `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;

/** The first text after all names with this prefix: "{" comes after every character that a name may have. */
const beyond = (prefix: string): string => `${prefix}{`;
