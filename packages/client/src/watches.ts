import type { LiveSnapshot, MissedPage, Refusal } from '@carat/protocol';
import type { CaratSocket, Connection } from './connection.ts';
import { CaratError, CaratRefusal, isRefusal } from './errors.ts';
import type { Limits } from './limits.ts';
import { retryDelay } from './retry.ts';
import { LiveWatch, type WatchCallbacks, type Watching } from './watching.ts';

type Emit<T> = (answered: (error: Error | null, answer: T | Refusal) => void) => void;
type Asking<T> = {
  readonly watching: LiveWatch;
  readonly emit: Emit<T>;
  readonly took: (answer: T) => void;
  readonly refused: (refusal: Refusal) => void;
};

/**
 * All watches of one connection: begins each anew after a reconnect, hands on what comes for its live, and
 * asks for what was missed.
 */
export class Watches {
  readonly #connection: Connection;
  readonly #limits: Limits;
  readonly #watchings = new Set<LiveWatch>();
  readonly #retries = new Set<ReturnType<typeof setTimeout>>();
  /** Which connection it is: answers and retries of an earlier one mean nothing. */
  #connectionNumber = 0;
  #closed = false;

  constructor(connection: Connection, limits: Limits) {
    this.#connection = connection;
    this.#limits = limits;
  }

  /** A socket was made: listens to it. */
  listen(socket: CaratSocket): void {
    socket.on('live:tick', (tick) => {
      for (const watching of this.#of(tick.live)) watching.tick(tick);
    });
    socket.on('live:feed', (feed) => {
      for (const watching of this.#of(feed.live)) watching.feed(feed);
    });
  }

  add(live: string, callbacks: WatchCallbacks): Watching {
    const watching = new LiveWatch(live, callbacks, this.#limits, {
      ask: (asking, after) => this.#askMissed(asking, after),
      leave: (closed) => this.#leave(closed),
    });
    if (this.#closed) watching.end(new CaratError('closed'));
    else {
      this.#watchings.add(watching);
      if (this.#connection.up) this.#begin(watching);
    }
    return watching;
  }

  welcomed(): void {
    for (const watching of this.#watchings) this.#begin(watching);
  }

  lost(): void {
    this.#connectionNumber += 1;
    this.#forgetRetries();
    for (const watching of this.#watchings) watching.lost();
  }

  close(): void {
    this.#closed = true;
    this.#forgetRetries();
    for (const watching of this.#watchings) watching.end(undefined, new CaratError('closed'));
    this.#watchings.clear();
  }

  #of(live: string): LiveWatch[] {
    return [...this.#watchings].filter((watching) => watching.live === live);
  }

  /** Asks for the live; one snapshot per watch, so that each begins with its own. */
  #begin(watching: LiveWatch): void {
    const { live } = watching;
    this.#ask<LiveSnapshot>({
      watching,
      emit: (answered) => this.#socket().emit('live:watch', { live }, answered),
      took: (snapshot) => watching.begin(snapshot),
      refused: (refusal) => {
        this.#watchings.delete(watching);
        watching.end(new CaratRefusal(refusal));
      },
    });
  }

  #askMissed(watching: LiveWatch, after: string): void {
    const { live } = watching;
    this.#ask<MissedPage>({
      watching,
      emit: (answered) => this.#socket().emit('live:missed', { live, after }, answered),
      took: (page) => watching.missed(page),
      refused: () => watching.missed(undefined),
    });
  }

  /** Asks until it is answered, or the connection is another one. */
  #ask<T extends object>(asking: Asking<T>, tries = 1): void {
    const { watching, emit, took, refused } = asking;
    const connection = this.#connectionNumber;
    const current = (): boolean => connection === this.#connectionNumber && !watching.closed;
    emit((error, answer) => {
      if (!current()) return;
      if (!error && answer && !isRefusal(answer)) return took(answer);
      const refusal = error || !answer ? undefined : (answer as Refusal);
      if (refusal && !refusal.retry) return refused(refusal);
      const wait = Math.max(refusal?.retryAfterMs ?? 0, retryDelay(tries, this.#limits, Math.random));
      const timer = setTimeout(() => {
        this.#retries.delete(timer);
        if (current()) this.#ask(asking, tries + 1);
      }, wait);
      this.#retries.add(timer);
    });
  }

  #socket() {
    return this.#connection.socket.timeout(this.#limits.answerTimeoutMs);
  }

  #forgetRetries(): void {
    for (const timer of this.#retries) clearTimeout(timer);
    this.#retries.clear();
  }

  /** Leaves the room with the last watch of a live. */
  #leave(closed: LiveWatch): void {
    this.#watchings.delete(closed);
    if (this.#connection.up && this.#of(closed.live).length === 0)
      this.#connection.socket.emit('live:leave', { live: closed.live }, () => undefined);
  }
}
