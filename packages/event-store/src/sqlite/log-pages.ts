import type { DatabaseSync } from 'node:sqlite';
import {
  type EventStoreError,
  type LogPage,
  type LogRead,
  limits,
  type Position,
  type StoredEvent,
} from '../port.ts';
import { isMalformed } from './errors.ts';
import {
  damagedRow,
  type EventRow,
  eventColumns,
  isSound,
  malformedRows,
  missingRows,
  toEvent,
} from './event-rows.ts';
import { prepareRows, type Rows } from './rows.ts';
import type { StreamCache } from './streams.ts';

/** A page is fetched in steps, of few events at first and then of about so many bytes: it may end early. */
const firstStepEvents = 50;
const maxStepEvents = 200;
const stepBytes = 256 * 1024;

type Page = { readonly events: StoredEvent[]; bytes: number };

/** How far a step came, and what stopped it before its end. */
type Step = { readonly upTo: number; readonly error?: EventStoreError };

type Sums = [count: number, first: number | null, last: number | null, sum: number | null];

/**
 * Reads the log in pages. What a filter lets through is proved row by row; of what it leaves out, that
 * something is in every place.
 */
export class LogPages {
  readonly #db: DatabaseSync;
  readonly #streams: StreamCache;
  /** The queries by how many prefixes they filter by. */
  readonly #select = new Map<number, Rows<EventRow>>();
  readonly #sum: Rows<Sums>;
  readonly #selectPositions: Rows<[position: number]>;
  readonly #selectNext: Rows<[position: number | null]>;

  constructor(db: DatabaseSync, streams: StreamCache) {
    this.#db = db;
    this.#streams = streams;
    const between = 'FROM events WHERE position > ? AND position <= ?';
    this.#sum = prepareRows(db, `SELECT count(*), min(position), max(position), sum(position) ${between}`);
    this.#selectPositions = prepareRows(db, `SELECT position ${between} ORDER BY position`);
    this.#selectNext = prepareRows(db, 'SELECT min(position) FROM events WHERE position > ?');
  }

  /** @param head the last position of the log */
  read({ after, prefixes = [], limit }: LogRead, head: number): LogPage {
    const start = after === undefined ? 0 : Number(after);
    const end = Math.min(start + limit, head);
    const page: Page = { events: [], bytes: 0 };
    let upTo = start;
    let stepEvents = firstStepEvents;
    while (upTo < end && page.bytes < limits.maxPageBytes) {
      const step = this.#step(page, upTo, Math.min(upTo + stepEvents, end), prefixes);
      stepEvents = eventsOfStep(page);
      upTo = step.upTo;
      if (step.error === undefined) continue;
      if (upTo === start) throw step.error;
      break;
    }
    return {
      events: page.events,
      upTo: upTo > start ? (String(upTo) as Position) : after,
      atHead: upTo >= head,
    };
  }

  /** Adds the events after one place and up to another, as far as they are sound. */
  #step(page: Page, after: number, upTo: number, prefixes: readonly string[]): Step {
    let rows: EventRow[];
    let missing = Infinity;
    try {
      const ranges = prefixes.flatMap((prefix) => [prefix, beyond(prefix)]);
      rows = this.#prepare(prefixes.length).all(after, upTo, ...ranges);
      if (prefixes.length > 0) missing = this.#findMissing(after, upTo);
    } catch (error) {
      if (!isMalformed(error)) throw error;
      if (upTo - after === 1) return { upTo: after, error: malformedRows(upTo, upTo) };
      // What lies on pages that can be read is found by halves.
      const middle = (after + upTo) >> 1;
      const first = this.#step(page, after, middle, prefixes);
      return first.error ? first : this.#step(page, middle, upTo, prefixes);
    }
    return prefixes.length > 0
      ? this.#takeSome(page, rows, after, upTo, missing)
      : this.#takeAll(page, rows, after, upTo);
  }

  /** Each of these rows is the next one. */
  #takeAll(page: Page, rows: readonly EventRow[], after: number, upTo: number): Step {
    let at = after;
    for (const row of rows) {
      if (row[0] !== at + 1) return { upTo: at, error: gapBefore(row[0], at + 1) };
      const error = this.#take(page, row);
      if (error) return { upTo: at, error };
      at += 1;
    }
    return at === upTo ? { upTo } : { upTo: at, error: this.#gapAt(at + 1, upTo) };
  }

  /** These rows are in order, and before the first place where none is. */
  #takeSome(page: Page, rows: readonly EventRow[], after: number, upTo: number, missing: number): Step {
    let at = after;
    for (const row of rows) {
      const [position] = row;
      if (position >= missing) break;
      if (position <= at || position > upTo) return { upTo: at, error: malformedRows(at + 1, upTo) };
      const error = this.#take(page, row);
      if (error) return { upTo: position - 1, error };
      at = position;
    }
    return missing === Infinity ? { upTo } : { upTo: missing - 1, error: this.#gapAt(missing, upTo) };
  }

  /** Adds an event to the page, unless it is not what was written. */
  #take(page: Page, row: EventRow): EventStoreError | undefined {
    const named = this.#streams.nameOf(row[1]);
    if (named === undefined || !isSound(row, named.sum)) return damagedRow(row, named?.name);
    page.events.push(toEvent(row, named.name));
    page.bytes += row[7].length;
    return undefined;
  }

  /** The first place where no row is; infinity where one is in each. */
  #findMissing(after: number, upTo: number): number {
    const wanted = upTo - after;
    const [count, first, last, sum] = this.#sum.get(after, upTo) ?? [0, null, null, null];
    const isWhole = count === wanted && first === after + 1 && last === upTo;
    if (isWhole && sum === (wanted * (after + 1 + upTo)) / 2) return Infinity;
    const positions = this.#selectPositions.all(after, upTo);
    const place = positions.findIndex(([position], place) => position !== after + 1 + place);
    return after + 1 + (place < 0 ? positions.length : place);
  }

  #gapAt(position: number, upTo: number): EventStoreError {
    return gapBefore(this.#selectNext.get(position)?.[0] ?? upTo + 1, position);
  }

  /**
   * The log decides the order of the join: the cost is bounded by the events looked at, however many streams.
   */
  #prepare(prefixes: number): Rows<EventRow> {
    const known = this.#select.get(prefixes);
    if (known !== undefined) return known;
    const ranges = Array.from({ length: prefixes }, () => '(name >= ? AND name < ?)').join(' OR ');
    const filter = prefixes === 0 ? '' : `AND (${ranges})`;
    const join = prefixes === 0 ? '' : 'CROSS JOIN streams ON streams.number = events.stream';
    const statement = prepareRows<EventRow>(
      this.#db,
      `SELECT ${eventColumns} FROM events ${join}
       WHERE position > ? AND position <= ? ${filter} ORDER BY position`,
    );
    this.#select.set(prefixes, statement);
    return statement;
  }
}

/** How many events there should be in a step, by the size of those that the page has already. */
const eventsOfStep = ({ events, bytes }: Page): number =>
  Math.max(
    1,
    Math.min(maxStepEvents, Math.floor((stepBytes * events.length) / Math.max(1, bytes)) || maxStepEvents),
  );

/** What is wrong where another position comes than should. */
const gapBefore = (position: number, expected: number): EventStoreError =>
  position > expected ? missingRows(expected, position - 1) : malformedRows(expected, expected);

/** The first text after all names with this prefix: "{" comes after every character that a name may have. */
const beyond = (prefix: string): string => `${prefix}{`;
