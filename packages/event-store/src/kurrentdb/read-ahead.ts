import { type LogRead, type Position, limits as portLimits } from '../port.ts';
import type { Cursor } from './cursor.ts';
import type { Limits } from './limits.ts';
import type { RawPage } from './raw-reader.ts';

/** A page of the log that begins after a place. */
export type Place = {
  readonly after: Position | undefined;
  readonly prefixes: LogRead['prefixes'] | undefined;
  readonly limit: number;
};

/** The next page of somebody, on its way, and where more come from. */
type Ahead = { readonly cursor: Cursor; readonly page: Promise<RawPage | undefined> };

/**
 * Has the next page of who reads page after page on its way while the last one is worked on. A page that is
 * read ahead is only used where more events follow it: the log does not change, so the same would be read
 * later, which is not so for a page that ends with the log.
 */
export class ReadAhead {
  readonly #open: (place: Place) => Cursor;
  readonly #limits: Limits;
  /** By where somebody's next page begins; whoever has not come for the longest time goes first. */
  readonly #readers = new Map<string, { readonly since: number; readonly ahead: Ahead | undefined }>();

  /** @param open begins to read after a place */
  constructor(open: (place: Place) => Cursor, limits: Limits) {
    this.#open = open;
    this.#limits = limits;
  }

  /** @returns the page at a place, where it was read ahead */
  take(place: Place): Promise<RawPage | undefined> | undefined {
    this.#forgetOld();
    return this.#readers.get(keyOf(place))?.ahead?.page;
  }

  /**
   * A page was read after which there is more: where it is not the first in a row, the next is read ahead.
   * @param wasAhead whether it was one that `take` has handed on
   */
  note(place: Place, end: Position, wasAhead: boolean): void {
    const key = keyOf(place);
    const reader = this.#readers.get(key);
    this.#readers.delete(key);
    const next = { ...place, after: end };
    const cursor = wasAhead ? reader?.ahead?.cursor : undefined;
    const ahead = reader && this.#readOn(cursor ?? this.#open(next), place.limit);
    this.#readers.set(keyOf(next), { since: performance.now(), ahead });
    const [oldest] = this.#readers.keys();
    if (oldest !== undefined && this.#readers.size > this.#limits.maxAheads) this.#readers.delete(oldest);
  }

  #readOn(cursor: Cursor, limit: number): Ahead {
    const events = cursor.take(limit, portLimits.maxPageBytes);
    const page = events.then(
      (found) => found && { events: found, isEnd: false },
      () => undefined,
    );
    return { cursor, page };
  }

  /** Another log may have been put in the place of this one, so nothing is kept for long. */
  #forgetOld(): void {
    const oldest = performance.now() - this.#limits.maxAheadMs;
    for (const [key, { since }] of this.#readers) if (since < oldest) this.#readers.delete(key);
  }
}

const keyOf = ({ after, prefixes, limit }: Place): string => [after, limit, ...(prefixes ?? [])].join(' ');
