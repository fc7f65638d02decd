import type { DatabaseSync } from 'node:sqlite';
import {
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
import { prepareRows, type Rows } from './rows.ts';
import type { StreamCache } from './streams.ts';

type Row = [
  position: number,
  stream: number,
  revision: number,
  id: string,
  type: string,
  data: string,
  created: number,
];

const columns = 'position, stream, revision, lower(hex(id)), type, data, created';

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
  readonly #selectAll = new Map<number, Rows<Row>>();

  constructor(db: DatabaseSync, streams: StreamCache) {
    this.#db = db;
    this.#streams = streams;
    this.#chain = new Chain(db, columns);
    this.#selectHead = prepareRows(db, 'SELECT max(position) FROM events');
    this.#selectEnd = prepareRows(
      db,
      'SELECT position, lower(hex(id)), created FROM events ORDER BY position DESC LIMIT 1',
    );
    this.#selectId = prepareRows(db, 'SELECT lower(hex(id)) FROM events WHERE position = ?');
    this.#selectStreamHead = prepareRows(db, 'SELECT revision, position FROM heads WHERE stream = ?');
  }

  readStream(name: string, { from, direction, limit }: StreamRead): StreamPage {
    const stream = this.#streams.numberOf(name);
    const row = stream === undefined ? undefined : this.#selectStreamHead.get(stream);
    if (stream === undefined || row === undefined) return { exists: false };
    const [last, position] = row;
    const isBackwards = direction === 'backwards';
    const high = Math.min(isBackwards ? (from ?? last) : (from ?? 0) + limit - 1, last);
    const low = isBackwards ? Math.max(0, high - limit + 1) : (from ?? 0);
    const rows = this.#chain.walkBack(stream, { revision: last, position }, high, low) as Row[];
    return { exists: true, events: this.#toEvents(isBackwards ? rows : rows.reverse()), last };
  }

  readAll({ after, prefixes = [], limit }: LogRead): LogPage {
    const start = after === undefined ? 0 : Number(after);
    const head = this.#selectHead.get()?.[0] ?? 0;
    const end = Math.min(start + limit, head);
    const select = this.#prepareAll(prefixes.length);
    const ranges = prefixes.flatMap((prefix) => [prefix, beyond(prefix)]);
    const rows: Row[] = [];
    let upTo = start;
    let bytes = 0;
    while (upTo < end && bytes < limits.maxPageBytes) {
      const next = Math.min(upTo + stepEvents, end);
      for (const row of select.all(upTo, next, ...ranges)) {
        bytes += row[5].length;
        rows.push(row);
      }
      upTo = next;
    }
    return {
      events: this.#toEvents(rows),
      upTo: upTo > start ? (String(upTo) as Position) : after,
      atHead: upTo >= head,
    };
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
  #prepareAll(prefixes: number): Rows<Row> {
    const known = this.#selectAll.get(prefixes);
    if (known !== undefined) return known;
    const ranges = Array.from({ length: prefixes }, () => '(name >= ? AND name < ?)').join(' OR ');
    const filter = prefixes === 0 ? '' : `AND (${ranges})`;
    const join = prefixes === 0 ? '' : 'CROSS JOIN streams ON streams.number = events.stream';
    const statement = prepareRows<Row>(
      this.#db,
      `SELECT ${columns} FROM events ${join}
       WHERE position > ? AND position <= ? ${filter} ORDER BY position`,
    );
    this.#selectAll.set(prefixes, statement);
    return statement;
  }

  /** One parse for all rows is twice as fast as one for each. */
  #toEvents(rows: readonly Row[]): StoredEvent[] {
    const data = JSON.parse(`[${rows.map((row) => row[5]).join(',')}]`) as JsonObject[];
    return rows.map((row, place) => ({
      id: dashed(row[3]),
      type: row[4],
      data: data[place] as JsonObject,
      stream: this.#streams.nameOf(row[1]),
      revision: row[2],
      position: String(row[0]) as Position,
      created: row[6],
    }));
  }
}

const dashed = (id: string): string =>
  `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;

/** The first text after all names with this prefix: "{" comes after every character that a name may have. */
const beyond = (prefix: string): string => `${prefix}{`;
