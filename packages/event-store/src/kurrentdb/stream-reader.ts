import type { StoredEvent, StreamPage, StreamRead } from '../port.ts';
import type { RawReader } from './raw-reader.ts';
import { foreignEvent, missingEvent, type RawEvent, toStored } from './records.ts';

/** How often a stream is read again that grew meanwhile. */
const maxLooks = 3;

/** Reads streams as the port has it. */
export class StreamReader {
  readonly #raw: RawReader;

  constructor(raw: RawReader) {
    this.#raw = raw;
  }

  readStream(stream: string, read: StreamRead): Promise<StreamPage> {
    return read.direction === 'backwards' ? this.#readBack(stream, read) : this.#readOn(stream, read);
  }

  /**
   * The event before the first one is read too: so a page without events, which is what most readers that are
   * up to date get, says how far the stream goes. One more than asked for says so of most others.
   */
  async #readOn(stream: string, { from = 0, limit }: StreamRead): Promise<StreamPage> {
    const first = Math.max(0, from - 1);
    for (let looks = 1; ; looks++) {
      const page = await this.#raw.readStream(stream, {
        direction: 'forwards',
        from: first,
        count: limit + 1 + from - first,
      });
      if (page === undefined) return { exists: false };
      const found = takeWhole(stream, page.events, first, 1);
      const events = found.slice(from - first, from - first + limit);
      const end = found.at(-1)?.revision;
      if (end !== undefined && page.isEnd) return { exists: true, events, last: end };
      const last = await this.#lastOf(stream);
      if (last === undefined) return { exists: false };
      if (end === undefined && last >= first && looks < maxLooks) continue;
      if (end === undefined && last >= first) throw missingEvent(stream, first);
      return { exists: true, events, last: Math.max(last, end ?? 0) };
    }
  }

  async #readBack(stream: string, { from, limit: count }: StreamRead): Promise<StreamPage> {
    const last = from === undefined ? undefined : await this.#lastOf(stream);
    if (from !== undefined && last === undefined) return { exists: false };
    const first = last === undefined ? 'end' : Math.min(from ?? last, last);
    const page = await this.#raw.readStream(stream, { direction: 'backwards', from: first, count });
    if (page === undefined) return { exists: false };
    const begin = first === 'end' ? Number(page.events[0]?.revision ?? 0n) : first;
    const events = takeWhole(stream, page.events, begin, -1);
    const lowest = events.at(-1)?.revision ?? begin + 1;
    if (page.isEnd && lowest > 0) throw missingEvent(stream, lowest - 1);
    return { exists: true, events, last: last ?? begin };
  }

  async #lastOf(stream: string): Promise<number | undefined> {
    const page = await this.#raw.readStream(stream, { direction: 'backwards', from: 'end', count: 1 });
    const [event] = page?.events ?? [];
    return event && Number(event.revision);
  }
}

/** All events, one revision after the other. @throws EventStoreError `damaged` */
const takeWhole = (stream: string, raw: readonly RawEvent[], first: number, step: 1 | -1): StoredEvent[] =>
  raw.map((each, place) => {
    const expected = first + step * place;
    if (Number(each.revision) !== expected) throw missingEvent(stream, expected);
    const event = toStored(each);
    if (event === undefined) throw foreignEvent(each);
    return event;
  });
