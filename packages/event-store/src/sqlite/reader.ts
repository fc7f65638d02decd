import type { DatabaseSync } from 'node:sqlite';
import type { EventStoreError, LogEnd, LogPage, LogRead, Position, StreamPage, StreamRead } from '../port.ts';
import { Chain } from './chain.ts';
import {
  damagedRow,
  dashed,
  type EventRow,
  eventColumns,
  isSound,
  missingRows,
  toEvent,
} from './event-rows.ts';
import { LogPages } from './log-pages.ts';
import { prepareRows, type Rows } from './rows.ts';
import type { StreamCache } from './streams.ts';

/**
 * Reads the log. Positions are gapless and an event never changes, so the events up to a head that was read
 * before are the same in any later snapshot: no read needs a transaction of its own.
 */
export class Reader {
  readonly #streams: StreamCache;
  readonly #onDamage: (damage: EventStoreError) => void;
  readonly #chain: Chain;
  readonly #pages: LogPages;
  readonly #selectHead: Rows<[position: number]>;
  readonly #selectEnd: Rows<EventRow>;
  readonly #selectEvent: Rows<EventRow>;

  /** @param onDamage is told where the end of the log, or an event asked for by its place, is not sound */
  constructor(db: DatabaseSync, streams: StreamCache, onDamage: (damage: EventStoreError) => void) {
    this.#streams = streams;
    this.#onDamage = onDamage;
    this.#chain = new Chain(db);
    this.#pages = new LogPages(db, streams);
    this.#selectHead = prepareRows(
      db,
      'SELECT max(coalesce((SELECT max(position) FROM events), 0), (SELECT position FROM tip))',
    );
    this.#selectEnd = prepareRows(db, `SELECT ${eventColumns} FROM events ORDER BY position DESC LIMIT 1`);
    this.#selectEvent = prepareRows(db, `SELECT ${eventColumns} FROM events WHERE position = ?`);
  }

  readStream(name: string, { from, direction, limit }: StreamRead): StreamPage {
    const stream = this.#streams.numberOf(name);
    if (stream === undefined) return { exists: false };
    const head = this.#streams.readHead(stream);
    const last = head.revision;
    const isBackwards = direction === 'backwards';
    const high = Math.min(isBackwards ? (from ?? last) : (from ?? 0) + limit - 1, last);
    const low = isBackwards ? Math.max(0, high - limit + 1) : (from ?? 0);
    const rows = this.#chain.walkBack(stream, name, head, high, low);
    if (!isBackwards) rows.reverse();
    return { exists: true, events: rows.map((row) => toEvent(row, name)), last };
  }

  readAll(read: LogRead): LogPage {
    return this.#pages.read(read, this.#head());
  }

  head(): LogEnd | undefined {
    const row = this.#proved(this.#selectEnd.get());
    return row && { position: String(row[0]) as Position, id: dashed(row[5]), created: row[4] };
  }

  eventAt(position: Position): string | undefined {
    const place = Number(position);
    const row = this.#proved(this.#selectEvent.get(place));
    if (row === undefined && place > 0 && place <= this.#head()) {
      this.#onDamage(missingRows(place, place));
    }
    return row && dashed(row[5]);
  }

  /** The last position that was ever given, by whichever of two places knows of more. */
  #head(): number {
    return this.#selectHead.get()?.[0] ?? 0;
  }

  #proved(row: EventRow | undefined): EventRow | undefined {
    const named = row && this.#streams.nameOf(row[1]);
    if (row && !(named && isSound(row, named.sum))) {
      this.#onDamage(damagedRow(row, named?.name));
    }
    return row;
  }
}
