import type { LiveFeed, LiveSnapshot, LiveTick, MissedPage } from '@carat/protocol';
import { BookingQueue } from './booking-queue.ts';
import { CaratError } from './errors.ts';
import { Feed, type FeedPart } from './feed.ts';
import type { Limits } from './limits.ts';
import { Listeners } from './listeners.ts';
import { fresher, Generations, type LiveNumbers, numbersOf } from './numbers.ts';

/** `waiting`: offline, or without its snapshot. `catching_up`: missed bookings are read, new ones held. */
export type WatchStatus = 'waiting' | 'catching_up' | 'live' | 'closed';

export type WatchEvents = {
  /** The numbers moved on. */
  tick: LiveNumbers;
  /** Bookings, each once, in log order. */
  feed: FeedPart;
  /** Where the watch begins, and again after every reconnect. */
  snapshot: LiveSnapshot;
  status: WatchStatus;
};

export type WatchCallbacks = {
  onTick?: (numbers: LiveNumbers) => void;
  onFeed?: (part: FeedPart) => void;
  onSnapshot?: (snapshot: LiveSnapshot) => void;
  onStatus?: (status: WatchStatus) => void;
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
  /** The latest. */
  readonly snapshot: LiveSnapshot | undefined;
  readonly status: WatchStatus;
  readonly closed: boolean;
  /** Calls back each time; returns what ends that. */
  on<Name extends keyof WatchEvents>(name: Name, listener: (value: WatchEvents[Name]) => void): () => void;
  /**
   * The parts that come from now on, for one loop. So many bookings as `bookingsBuffered` wait for a slow
   * reader; beyond it the oldest are let go, and the next part says `gap`.
   */
  bookings(): AsyncIterableIterator<FeedPart>;
  close(): void;
}

/** What a watch asks of its connection. */
export type WatchHooks = {
  readonly ask: (watching: LiveWatch, after: string) => void;
  readonly leave: (watching: LiveWatch) => void;
};

/** A watch as its connection sees it, which tells it what comes. */
export class LiveWatch implements Watching {
  readonly live: string;
  readonly ready: Promise<LiveSnapshot>;
  numbers: LiveNumbers | undefined;
  snapshot: LiveSnapshot | undefined;
  status: WatchStatus = 'waiting';
  readonly #limits: Limits;
  readonly #hooks: WatchHooks;
  readonly #listeners = new Listeners<WatchEvents>();
  readonly #feed: Feed;
  readonly #generations = new Generations();
  readonly #queues = new Set<BookingQueue>();
  readonly #wakers = new Set<() => void>();
  #ended: { error?: Error } | undefined;
  #opening!: { resolve: (snapshot: LiveSnapshot) => void; reject: (error: Error) => void };

  constructor(live: string, callbacks: WatchCallbacks, limits: Limits, hooks: WatchHooks) {
    this.live = live;
    this.#limits = limits;
    this.#hooks = hooks;
    const { onTick, onFeed, onSnapshot, onStatus } = callbacks;
    if (onTick) this.on('tick', onTick);
    if (onFeed) this.on('feed', onFeed);
    if (onSnapshot) this.on('snapshot', onSnapshot);
    if (onStatus) this.on('status', onStatus);
    const hand = (part: FeedPart) => this.#listeners.tell('feed', part);
    this.#feed = new Feed({ hand, ask: (after) => hooks.ask(this, after) }, limits);
    this.ready = new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
    this.ready.catch(() => undefined);
  }

  get closed(): boolean {
    return this.#ended !== undefined;
  }

  on<Name extends keyof WatchEvents>(name: Name, listener: (value: WatchEvents[Name]) => void): () => void {
    return this.#listeners.on(name, listener);
  }

  bookings(): AsyncIterableIterator<FeedPart> {
    const queue = new BookingQueue(this.#limits, () => {
      unlisten();
      this.#queues.delete(queue);
    });
    const unlisten = this.on('feed', (part) => queue.add(part));
    this.#queues.add(queue);
    if (this.#ended) queue.end(this.#ended.error);
    return queue;
  }

  close(): void {
    if (this.closed) return;
    this.end(undefined, new CaratError('closed'));
    this.#hooks.leave(this);
  }

  /** The connection is gone. */
  lost(): void {
    this.#feed.lost();
    this.#tellStatus();
  }

  /** A snapshot came. */
  begin(snapshot: LiveSnapshot): void {
    this.snapshot = snapshot;
    this.#opening.resolve(snapshot);
    this.#listeners.tell('snapshot', snapshot);
    const numbers = numbersOf(snapshot);
    if (numbers) this.#show(numbers);
    this.#feed.begin(snapshot.numbers?.asOf);
    this.#tellStatus();
  }

  /** Numbers came. */
  tick(tick: LiveTick): void {
    this.#show({ ...tick, title: this.snapshot?.title ?? null });
  }

  /** Bookings came. */
  feed(feed: LiveFeed): void {
    this.#feed.part(feed);
    this.#tellStatus();
  }

  /** The page of missed bookings that was asked for came; undefined where it is not to be had. */
  missed(page: MissedPage | undefined): void {
    if (page) this.#feed.page(page);
    else this.#feed.refused();
    this.#tellStatus();
  }

  /** Nothing more will come. With an error iterations fail; `unready` is what `ready` then rejects with. */
  end(error?: Error, unready: Error | undefined = error): void {
    if (this.closed) return;
    this.#ended = error ? { error } : {};
    if (unready) this.#opening.reject(unready);
    for (const queue of [...this.#queues]) queue.end(error);
    this.#tellStatus();
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

  #show(next: LiveNumbers): void {
    const numbers = fresher(this.numbers, next, this.#generations);
    if (numbers === this.numbers) return;
    this.numbers = numbers;
    this.#listeners.tell('tick', numbers);
    this.#wake();
  }

  #tellStatus(): void {
    const status = this.closed ? 'closed' : this.#feed.state;
    if (status === this.status) return;
    this.status = status;
    this.#listeners.tell('status', status);
  }

  #wake(): void {
    const wakers = [...this.#wakers];
    this.#wakers.clear();
    for (const wake of wakers) wake();
  }
}
