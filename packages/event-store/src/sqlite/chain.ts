import type { DatabaseSync } from 'node:sqlite';
import type { Revision } from '../port.ts';
import { damagedRow, type EventRow, eventColumns, isSound, lostRow, sumOfName } from './event-rows.ts';
import { prepareRows, type Rows } from './rows.ts';
import type { StreamHead } from './streams.ts';

const markEvery = 32;

/** Whether the place of the event of this revision is kept among the marks. */
export const isMarked = (revision: Revision): boolean => revision % markEvery === markEvery - 1;

/** How many marks a stream has whose last event has this revision. */
export const marksUpTo = (revision: Revision): number => Math.floor((revision + 1) / markEvery);

/**
 * How the events of a stream are found. An index by stream and revision would dirty a page of its own for
 * almost every gift, the more of them the larger the log (measured: 11 µs a gift at 600,000 events, and
 * growing). So each event names the place of the one before it in its stream, and every 32nd is marked, so
 * that the walk back from the next mark or the head to any revision is short (4.6 µs a gift, however large
 * the log).
 */
export class Chain {
  readonly #selectMark: Rows<[position: number]>;
  readonly #walk: Rows<EventRow>;

  constructor(db: DatabaseSync) {
    this.#selectMark = prepareRows(db, 'SELECT position FROM marks WHERE stream = ? AND revision = ?');
    this.#walk = prepareRows(
      db,
      `WITH RECURSIVE steps (place, step) AS (
         VALUES (?, ?)
         UNION ALL
         SELECT previous, step - 1 FROM steps CROSS JOIN events ON position = place WHERE step > ?
       )
       SELECT ${eventColumns} FROM steps CROSS JOIN events ON position = place
       WHERE step <= ? ORDER BY step DESC`,
    );
  }

  /**
   * The rows of a stream's events from revision `high`, which is not beyond the head, down to `low`.
   * @param name of the stream, to tell whether its rows are what was written
   * @throws EventStoreError `damaged`
   */
  walkBack(stream: number, name: string, head: StreamHead, high: Revision, low: Revision): EventRow[] {
    const rows = this.#walkFrom(stream, head, high, low);
    const nameSum = sumOfName(name);
    for (let revision = high; revision >= low; revision -= 1) {
      const row = rows[high - revision];
      if (row?.[1] !== stream || row[2] !== revision) throw lostRow(name, revision);
      if (!isSound(row, nameSum)) throw damagedRow(row, name);
    }
    return rows;
  }

  /** What the chain leads to; where it is broken, that is less, or other events. */
  #walkFrom(stream: number, head: StreamHead, high: Revision, low: Revision): EventRow[] {
    if (high < low) return [];
    const marked = high - (high % markEvery) + markEvery - 1;
    if (marked >= head.revision) return this.#walk.all(head.position, head.revision, low, high);
    const mark = this.#selectMark.get(stream, marked);
    if (mark === undefined) return [];
    return this.#walk.all(mark[0], marked, low, high);
  }
}
