import {
  comparePositions,
  type LogEnd,
  type LogPage,
  type LogRead,
  type Position,
  limits as portLimits,
  type StoredEvent,
} from '../port.ts';
import { away } from './errors.ts';
import type { Limits } from './limits.ts';
import type { LogRange, RawPage, RawReader } from './raw-reader.ts';
import { type Place, ReadAhead } from './read-ahead.ts';
import { foreignEvent, positionOf, type RawEvent, toStored } from './records.ts';

/** The server's positions are 64-bit integers with a sign. */
const maxPosition = 2n ** 63n - 1n;

/** How often a place is asked for, with a sign of life between, before it is taken for none of the log's. */
const maxAsks = 2;

/** Reads the log as the port has it. */
export class LogReader {
  readonly #raw: RawReader;
  readonly #ahead: ReadAhead;

  constructor(raw: RawReader, limits: Limits) {
    this.#raw = raw;
    const { maxCursorEvents } = limits;
    this.#ahead = new ReadAhead((place) => raw.openCursor(rangeAfter(place, maxCursorEvents)), limits);
  }

  async head(): Promise<LogEnd | undefined> {
    const { events } = await this.#raw.readAll({ direction: 'backwards', from: 'end', count: 1 });
    const [last] = events;
    return last && { position: positionOf(last), id: last.id, created: last.created };
  }

  /**
   * The server fails where a position is not the beginning of a record, as if it were away; a read elsewhere
   * tells which it is.
   */
  async eventAt(position: Position): Promise<string | undefined> {
    const from = BigInt(position);
    if (from > maxPosition) return undefined;
    for (let asked = 1; ; asked++) {
      try {
        const { events } = await this.#raw.readAll({ direction: 'forwards', from, count: 1 });
        const [event] = events;
        return event !== undefined && positionOf(event) === position ? event.id : undefined;
      } catch {
        await this.head();
        if (asked >= maxAsks) return undefined;
      }
    }
  }

  async readAll({ after, prefixes, limit }: LogRead): Promise<LogPage> {
    if (after !== undefined && BigInt(after) > maxPosition) return { events: [], upTo: after, atHead: true };
    const place = { after, prefixes, limit };
    const ahead = await this.#ahead.take(place);
    // With a filter, only what was the head before is known to have been looked at when the read is through.
    const head = prefixes && !ahead ? ((await this.head())?.position ?? after) : undefined;
    if (prefixes && !ahead && !isBehind(after, head)) return { events: [], upTo: after, atHead: true };
    const page = toPage(place, ahead ?? (await this.#readAfter(place)), head);
    if (!page.atHead && page.upTo !== undefined) this.#ahead.note(place, page.upTo, ahead !== undefined);
    return page;
  }

  async #readAfter(place: Place): Promise<RawPage> {
    const { after, limit } = place;
    try {
      // One more than asked for tells whether this is all.
      return await this.#raw.readAll(rangeAfter(place, limit + 1), portLimits.maxPageBytes);
    } catch (error) {
      if (after === undefined || (await this.eventAt(after)) !== undefined) throw error;
      throw away(`Position ${after} is none of this log's, which may not be the one it was`, error);
    }
  }
}

/** The server begins with the event at `after`. */
const rangeAfter = ({ after, prefixes }: Place, count: number): LogRange => ({
  direction: 'forwards',
  from: after === undefined ? 'start' : BigInt(after),
  count: after === undefined ? count : count + 1,
  prefixes,
});

const isBehind = (after: Position | undefined, head: Position | undefined): boolean =>
  head !== undefined && (after === undefined || comparePositions(after, head) < 0);

/** @param head of the log before the page was read, where a filter left something out */
const toPage = ({ after, limit }: Place, { events: raw, isEnd }: RawPage, head?: Position): LogPage => {
  const first = raw[0] !== undefined && positionOf(raw[0]) === after ? 1 : 0;
  const found = raw.slice(first, first + limit);
  const events = takeSound(found);
  const last = events.at(-1)?.position ?? after;
  const atHead = isEnd && raw.length <= first + limit && events.length === found.length;
  return { events, upTo: atHead ? furthest(last, head) : last, atHead };
};

const furthest = (a: Position | undefined, b: Position | undefined): Position | undefined =>
  a === undefined || (b !== undefined && comparePositions(a, b) < 0) ? b : a;

/** The events before the first that is damaged. @throws EventStoreError `damaged` where that is the first */
const takeSound = (raw: readonly RawEvent[]): StoredEvent[] => {
  const events: StoredEvent[] = [];
  for (const each of raw) {
    const event = toStored(each);
    if (event !== undefined) events.push(event);
    else if (events.length > 0) return events;
    else throw foreignEvent(each, { readOnAfter: positionOf(each) });
  }
  return events;
};
