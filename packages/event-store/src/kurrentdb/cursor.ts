import type { RawEvent } from './records.ts';

/** A read that goes on while its pages are worked on. */
export class Cursor {
  readonly #next: () => Promise<readonly RawEvent[] | undefined>;
  #batch: readonly RawEvent[] = [];
  #place = 0;

  /** @param next the next events, or undefined where there are no more */
  constructor(next: () => Promise<readonly RawEvent[] | undefined>) {
    this.#next = next;
  }

  /**
   * Takes a page, and makes sure that it is not the last.
   * @returns undefined where it may be the last, or ends before it has so many events or bytes of data
   */
  async take(events: number, maxBytes: number): Promise<RawEvent[] | undefined> {
    const page: RawEvent[] = [];
    let bytes = 0;
    for (;;) {
      while (this.#place < this.#batch.length) {
        const event = this.#batch[this.#place];
        if (event === undefined || page.length >= events || bytes > maxBytes) return page;
        bytes += event.data.byteLength;
        page.push(event);
        this.#place += 1;
      }
      const batch = await this.#next();
      if (batch === undefined) return undefined;
      this.#batch = batch;
      this.#place = 0;
    }
  }
}
