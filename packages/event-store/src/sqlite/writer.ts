import type { DatabaseSync } from 'node:sqlite';
import {
  type AppendResult,
  EventStoreError,
  type Expected,
  type Position,
  type Revision,
  type StreamConflict,
} from '../port.ts';
import type { PreparedAppend, PreparedWrite } from '../validate.ts';
import { Chain, isMarked } from './chain.ts';
import { asOutcomeUnknown, asUnavailable, hasWrittenNothing, isBusy } from './errors.ts';
import { checksumOf, type EventRow } from './event-rows.ts';
import { prepareRows } from './rows.ts';
import type { Place, StreamCache } from './streams.ts';

/** The last event as of a data version. Position 0 is before the first. */
type Tip = { readonly version: number; readonly position: number; readonly id: string };

/** What became of one append of a group. */
export type Outcome = AppendResult | EventStoreError;

const unknownTip: Tip = { version: -1, position: 0, id: '' };

/**
 * Decides appends and writes them. What it remembers of streams others may have overtaken: the file itself
 * confirms it as each is moved, and is asked before anyone is refused.
 */
export class Writer {
  readonly #db: DatabaseSync;
  readonly #streams: StreamCache;
  readonly #dataVersion: () => number;
  readonly #now: () => number;
  readonly #chain: Chain;
  readonly #statements: ReturnType<typeof prepareStatements>;
  #tip = unknownTip;

  /** @param now the clock of `created`, ms since 1970 */
  constructor(db: DatabaseSync, streams: StreamCache, dataVersion: () => number, now: () => number) {
    this.#db = db;
    this.#streams = streams;
    this.#dataVersion = dataVersion;
    this.#now = now;
    this.#chain = new Chain(db);
    this.#statements = prepareStatements(db);
  }

  /**
   * Decides and writes a group of appends in one transaction, one after the other, each with its own outcome,
   * which is an error where what decides over it is damaged.
   * @throws EventStoreError `unavailable` or `outcome_unknown`, for all of the group; what `isBusy`
   * recognises where another process is writing
   */
  commit(group: readonly PreparedAppend[]): Outcome[] {
    let results: Outcome[];
    try {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#statements.begin.run();
      this.#refresh();
      const created = this.#now();
      const before = this.#tip.position;
      results = group.map((append) => this.#decideOrRefuse(append, created));
      if (this.#tip.position > before) this.#statements.moveTip.run(this.#tip.position);
    } catch (error) {
      this.#rollBack();
      throw isBusy(error) ? error : asUnavailable(error, 'Nothing was written');
    }
    try {
      this.#statements.commit.run();
      return results;
    } catch (error) {
      this.#rollBack();
      if (isBusy(error)) throw error;
      throw hasWrittenNothing(error) ? asUnavailable(error, 'Nothing was written') : asOutcomeUnknown(error);
    }
  }

  /** Notices what other connections wrote: where streams were known to stand is then in doubt. */
  #refresh(): void {
    const version = this.#dataVersion();
    if (version === this.#tip.version) return;
    const { selectTip, selectId } = this.#statements;
    const known = this.#tip;
    const [position, id] = selectTip.get() ?? [0, ''];
    const isSameLog = known.position > 0 && selectId.get(known.position)?.[0] === compact(known.id);
    if (!isSameLog && known.position > 0) this.#streams.clear();
    this.#tip = { version, position, id };
  }

  /** An append is refused before anything of it is written, so the others of its group are none the worse. */
  #decideOrRefuse(append: PreparedAppend, created: number): Outcome {
    try {
      return this.#decide(append, created);
    } catch (error) {
      if (error instanceof EventStoreError && error.code === 'damaged') return error;
      throw error;
    }
  }

  #decide({ writes }: PreparedAppend, created: number): AppendResult {
    const { version } = this.#tip;
    const places = writes.map(({ stream }) => this.#streams.placeOf(stream, version));
    const isExpected = () => writes.every(({ after }, index) => (places[index]?.revision ?? -1) === after);
    if (isExpected() && this.#claim(writes, places)) return this.#writeAll(writes, places, created);
    for (const place of places) {
      if (place && place.version !== version) this.#streams.lookAgain(place, version);
    }
    if (!isExpected()) return this.#refuse(writes, places);
    if (this.#claim(writes, places)) return this.#writeAll(writes, places, created);
    throw new Error(
      `${writes.map(({ stream }) => stream).join(', ')}: the file denies where it says they are`,
    );
  }

  /**
   * Moves the heads of the streams there are, before anything is written: all of them, or none where one is
   * not where it was known to be.
   */
  #claim(writes: readonly PreparedWrite[], places: readonly (Place | undefined)[]): boolean {
    const { moveHead } = this.#statements;
    let { position } = this.#tip;
    for (const [index, { after, events }] of writes.entries()) {
      position += events.length;
      const place = places[index];
      if (place === undefined) continue;
      if (moveHead.run(after + events.length, position, place.number, after).changes === 1) continue;
      for (let moved = 0; moved < index; moved += 1) {
        const [before, by] = [places[moved], writes[moved]?.events.length ?? 0];
        if (before) moveHead.run(before.revision, before.position, before.number, before.revision + by);
      }
      return false;
    }
    return true;
  }

  #writeAll(
    writes: readonly PreparedWrite[],
    places: readonly (Place | undefined)[],
    created: number,
  ): AppendResult {
    const revisions = writes.map((write, index) => this.#write(write, places[index], created));
    return { appended: true, position: asPosition(this.#tip.position), revisions };
  }

  /** An append that expects wrongly, unless it is one that was written before. */
  #refuse(writes: readonly PreparedWrite[], places: readonly (Place | undefined)[]): AppendResult {
    const conflicts: StreamConflict[] = [];
    for (const [index, { stream, after }] of writes.entries()) {
      const last = places[index]?.revision ?? -1;
      if (last !== after) conflicts.push({ stream, expected: asExpected(after), actual: asExpected(last) });
    }
    if (conflicts.length < writes.length) return { appended: false, conflicts };
    const positions = writes.map((write, index) => this.#findRepeated(write, places[index]));
    if (positions.includes(undefined)) return { appended: false, conflicts };
    return {
      appended: true,
      position: asPosition(Math.max(...(positions as number[]))),
      revisions: writes.map(({ after, events }) => after + events.length),
    };
  }

  #write({ stream, after, events }: PreparedWrite, known: Place | undefined, created: number): Revision {
    const { insert, insertMark, insertHead } = this.#statements;
    const { version } = this.#tip;
    const place = known ?? this.#streams.create(stream, version);
    let previous = place.position;
    let { position } = this.#tip;
    let revision = after;
    for (const { id, type, json } of events) {
      position += 1;
      revision += 1;
      const row: EventRow = [position, place.number, revision, previous, created, compact(id), type, json, 0];
      row[8] = checksumOf(place.sum, row);
      insert.run(...row);
      if (isMarked(revision)) insertMark.run(place.number, revision, position);
      previous = position;
    }
    if (known === undefined) insertHead.run(place.number, revision, position);
    place.revision = revision;
    place.position = position;
    place.version = version;
    this.#tip = { version, position, id: events.at(-1)?.id ?? '' };
    return revision;
  }

  /**
   * The position of the last of these events where they are what the log holds at that place, else undefined.
   */
  #findRepeated({ stream, after, events }: PreparedWrite, place: Place | undefined): number | undefined {
    const high = after + events.length;
    if (place === undefined || place.revision < high) return undefined;
    const stored = this.#chain.walkBack(place.number, stream, place, high, after + 1);
    const isSame = events.every(({ id }, index) => compact(id) === stored[events.length - 1 - index]?.[5]);
    return isSame ? stored[0]?.[0] : undefined;
  }

  /** What was remembered within a transaction that did not go through is forgotten. */
  #rollBack(): void {
    this.#tip = unknownTip;
    this.#streams.clear();
    try {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    } catch {
      // It is rolled back before the next group begins.
    }
  }
}

const prepareStatements = (db: DatabaseSync) => ({
  begin: db.prepare('BEGIN IMMEDIATE'),
  commit: db.prepare('COMMIT'),
  insert: db.prepare(`INSERT INTO events VALUES (?, ?, ?, ?, ?, unhex(?), ?, ?, ?)`),
  insertMark: db.prepare('INSERT INTO marks VALUES (?, ?, ?)'),
  insertHead: db.prepare('INSERT INTO heads VALUES (?, ?, ?)'),
  moveHead: db.prepare('UPDATE heads SET revision = ?, position = ? WHERE stream = ? AND revision = ?'),
  moveTip: db.prepare('UPDATE tip SET position = ?'),
  selectTip: prepareRows<[position: number, id: string]>(
    db,
    'SELECT position, lower(hex(id)) FROM events ORDER BY position DESC LIMIT 1',
  ),
  selectId: prepareRows<[id: string]>(db, 'SELECT lower(hex(id)) FROM events WHERE position = ?'),
});

/** A UUID in lower case without its dashes. */
const compact = (id: string): string =>
  id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);

const asExpected = (last: Revision): Expected => (last < 0 ? 'no_stream' : last);

const asPosition = (position: number): Position => String(position) as Position;
