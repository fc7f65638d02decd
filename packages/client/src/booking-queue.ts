import type { FeedPart } from './feed.ts';
import type { Limits } from './limits.ts';

type Waiting = { resolve: (result: IteratorResult<FeedPart>) => void; reject: (error: Error) => void };

/** Parts of a feed that wait for one loop, which may be slower than they come. */
export class BookingQueue implements AsyncIterableIterator<FeedPart> {
  readonly #maxBookings: number;
  readonly #left: () => void;
  readonly #parts: FeedPart[] = [];
  readonly #waiting: Waiting[] = [];
  #bookings = 0;
  #ended: { error: Error | undefined } | undefined;

  /** @param left is called once, when nothing more is wanted or comes. */
  constructor({ bookingsBuffered }: Pick<Limits, 'bookingsBuffered'>, left: () => void) {
    this.#maxBookings = bookingsBuffered;
    this.#left = left;
  }

  add(part: FeedPart): void {
    const waiting = this.#waiting.shift();
    if (waiting) return waiting.resolve({ value: part, done: false });
    this.#parts.push(part);
    this.#bookings += part.bookings.length;
    this.#letGo();
  }

  /** Nothing more comes: what waits is still handed on, then the loop ends, or fails with the error. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = { error };
    for (const waiting of this.#waiting.splice(0)) this.#settle(waiting);
    this.#left();
  }

  next(): Promise<IteratorResult<FeedPart>> {
    return new Promise((resolve, reject) => {
      const part = this.#parts.shift();
      if (part) {
        this.#bookings -= part.bookings.length;
        resolve({ value: part, done: false });
      } else if (this.#ended) this.#settle({ resolve, reject });
      else this.#waiting.push({ resolve, reject });
    });
  }

  return(): Promise<IteratorResult<FeedPart>> {
    this.#parts.length = 0;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settle({ resolve, reject }: Waiting): void {
    if (this.#ended?.error) reject(this.#ended.error);
    else resolve({ value: undefined, done: true });
  }

  /** The oldest go first; what is then the first part tells of it. */
  #letGo(): void {
    let over = this.#bookings - this.#maxBookings;
    if (over <= 0) return;
    while (over > 0 && this.#parts[0]) {
      const { bookings } = this.#parts[0];
      const kept = bookings.slice(over);
      this.#bookings -= bookings.length - kept.length;
      over -= bookings.length - kept.length;
      if (kept.length > 0) this.#parts[0] = { bookings: kept, gap: true };
      else this.#parts.shift();
    }
    const [first] = this.#parts;
    if (first) this.#parts[0] = { ...first, gap: true };
  }
}
