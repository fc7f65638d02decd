import type { LiveFeed, LiveSnapshot, LiveTick } from '@carat/protocol';
import { CaratError } from './errors.ts';
import {
  continueFeed,
  type FeedPart,
  type FeedPlace,
  fresher,
  type LiveNumbers,
  numbersOf,
  resumeFeed,
} from './numbers.ts';

export type WatchCallbacks = {
  /** The numbers moved on. */
  onTick?: (numbers: LiveNumbers) => void;
  /** Bookings, each once, in log order. */
  onFeed?: (part: FeedPart) => void;
  /** Where the watch begins, and again after every reconnect. */
  onSnapshot?: (snapshot: LiveSnapshot) => void;
};

/**
 * One watch of a live. Iterating it yields the current numbers whenever they moved on: a slow reader misses
 * what lies in between, never the latest. It ends with `close()`, and fails where the watch is refused.
 */
export interface Watching extends AsyncIterable<LiveNumbers> {
  readonly live: string;
  /** Resolves with the first snapshot; rejects with `CaratRefusal`, or `CaratError` (`closed`). */
  readonly ready: Promise<LiveSnapshot>;
  /** The latest; undefined until they are known. */
  readonly numbers: LiveNumbers | undefined;
  readonly closed: boolean;
  close(): void;
}

/** A watch as its connection sees it, which tells it what comes. */
export class LiveWatch implements Watching {
  readonly live: string;
  readonly ready: Promise<LiveSnapshot>;
  numbers: LiveNumbers | undefined;
  readonly #callbacks: WatchCallbacks;
  readonly #leave: (watching: LiveWatch) => void;
  #place: FeedPlace | undefined;
  #began = false;
  #ended: { error?: Error } | undefined;
  #opening!: { resolve: (snapshot: LiveSnapshot) => void; reject: (error: Error) => void };
  readonly #wakers = new Set<() => void>();

  constructor(live: string, callbacks: WatchCallbacks, leave: (watching: LiveWatch) => void) {
    this.live = live;
    this.#callbacks = callbacks;
    this.#leave = leave;
    this.ready = new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
    this.ready.catch(() => undefined);
  }

  get closed(): boolean {
    return this.#ended !== undefined;
  }

  close(): void {
    if (this.closed) return;
    this.end(undefined, new CaratError('closed'));
    this.#leave(this);
  }

  /** A snapshot came. */
  begin(snapshot: LiveSnapshot): void {
    if (this.#began) this.#place = resumeFeed(this.#place, this.numbers);
    this.#began = true;
    this.#opening.resolve(snapshot);
    hand(this.#callbacks.onSnapshot, snapshot);
    const numbers = numbersOf(snapshot);
    if (numbers) this.tick(numbers);
  }

  /** Numbers came. */
  tick(tick: LiveTick): void {
    const numbers = fresher(this.numbers, tick);
    if (numbers === this.numbers) return;
    this.numbers = numbers;
    hand(this.#callbacks.onTick, numbers);
    this.#wake();
  }

  /** Bookings came. */
  feed(feed: LiveFeed): void {
    const { place, part } = continueFeed(this.#place, feed);
    this.#place = place;
    if (part.bookings.length > 0 || part.gap) hand(this.#callbacks.onFeed, part);
  }

  /** Nothing more will come. With an error iterations fail; `unready` is what `ready` then rejects with. */
  end(error?: Error, unready: Error | undefined = error): void {
    if (this.closed) return;
    this.#ended = error ? { error } : {};
    if (unready) this.#opening.reject(unready);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LiveNumbers, void, undefined> {
    let yielded: LiveNumbers | undefined;
    for (;;) {
      while (this.numbers === yielded && !this.#ended)
        await new Promise<void>((wake) => this.#wakers.add(wake));
      if (this.#ended?.error) throw this.#ended.error;
      if (this.#ended || !this.numbers) return;
      yielded = this.numbers;
      yield yielded;
    }
  }

  #wake(): void {
    const wakers = [...this.#wakers];
    this.#wakers.clear();
    for (const wake of wakers) wake();
  }
}

/**
 * Calls back; what the callback throws is raised on its own, so it cannot break what else was to be handed
 * on.
 */
export const hand = <T>(callback: ((value: T) => void) | undefined, value: T): void => {
  try {
    callback?.(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};
