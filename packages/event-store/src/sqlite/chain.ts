import type { DatabaseSync } from 'node:sqlite';
import type { Revision } from '../port.ts';
import { prepareRows, type Rows } from './rows.ts';
import type { StreamHead } from './streams.ts';

const markEvery = 32;

/** Whether the place of the event of this revision is kept among the marks. */
export const isMarked = (revision: Revision): boolean => revision % markEvery === markEvery - 1;

/**
 * How the events of a stream are found. An index by stream and revision would dirty a page of its own for
 * almost every gift, the more of them the larger the log (measured: 11 µs a gift at 600,000 events, and
 * growing). So each event names the place of the one before it in its stream, and every 32nd is marked, so
 * that the walk back from the next mark or the head to any revision is short (4.6 µs a gift, however large
 * the log).
 */
export class Chain {
  readonly #selectMark: Rows<[position: number]>;
  readonly #walk: Rows<unknown>;

  /** @param columns what to select of each event */
  constructor(db: DatabaseSync, columns: string) {
    this.#selectMark = prepareRows(db, 'SELECT position FROM marks WHERE stream = ? AND revision = ?');
    this.#walk = prepareRows(
      db,
      `WITH RECURSIVE steps (place, step) AS (
         VALUES (?, ?)
         UNION ALL
         SELECT previous, step - 1 FROM steps CROSS JOIN events ON position = place WHERE step > ?
       )
       SELECT ${columns} FROM steps CROSS JOIN events ON position = place WHERE step <= ? ORDER BY step DESC`,
    );
  }

  /** The rows of a stream's events from revision `high`, which is not beyond the head, down to `low`. */
  walkBack(stream: number, head: StreamHead, high: Revision, low: Revision): unknown[] {
    if (high < low) return [];
    const marked = high - (high % markEvery) + markEvery - 1;
    if (marked >= head.revision) return this.#walk.all(head.position, head.revision, low, high);
    const mark = this.#selectMark.get(stream, marked);
    if (mark === undefined) throw new Error(`stream ${stream} has no mark at revision ${marked}`);
    return this.#walk.all(mark[0], marked, low, high);
  }
}
