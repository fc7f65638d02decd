import type { LiveSnapshot, Refusal } from '@carat/protocol';
import type { Connection } from './connection.ts';
import { CaratError, CaratRefusal, isRefusal } from './errors.ts';
import type { Limits } from './limits.ts';
import { retryDelay } from './retry.ts';
import { LiveWatch, type WatchCallbacks, type Watching } from './watching.ts';

/**
 * All watches of one connection: begins each anew after a reconnect, and hands on what comes for its live.
 */
export class Watches {
  readonly #connection: Connection;
  readonly #limits: Limits;
  readonly #watchings = new Set<LiveWatch>();
  readonly #retries = new Set<ReturnType<typeof setTimeout>>();
  #closed = false;

  constructor(connection: Connection, limits: Limits) {
    this.#connection = connection;
    this.#limits = limits;
    connection.socket.on('live:tick', (tick) => {
      for (const watching of this.#of(tick.live)) watching.tick(tick);
    });
    connection.socket.on('live:feed', (feed) => {
      for (const watching of this.#of(feed.live)) watching.feed(feed);
    });
  }

  add(live: string, callbacks: WatchCallbacks): Watching {
    const watching = new LiveWatch(live, callbacks, (closed) => this.#leave(closed));
    if (this.#closed) watching.end(new CaratError('closed'));
    else {
      this.#watchings.add(watching);
      if (this.#connection.up) this.#begin(watching, 1);
    }
    return watching;
  }

  welcomed(): void {
    this.#forgetRetries();
    for (const watching of this.#watchings) this.#begin(watching, 1);
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
  #begin(watching: LiveWatch, tries: number): void {
    const { socket } = this.#connection;
    const answered = (error: Error | null, answer: LiveSnapshot | Refusal): void => {
      if (watching.closed || !this.#connection.up) return;
      if (error || !answer) this.#beginLater(watching, tries, 0);
      else if (!isRefusal(answer)) watching.begin(answer);
      else if (answer.retry) this.#beginLater(watching, tries, answer.retryAfterMs ?? 0);
      else {
        this.#watchings.delete(watching);
        watching.end(new CaratRefusal(answer));
      }
    };
    socket.timeout(this.#limits.answerTimeoutMs).emit('live:watch', { live: watching.live }, answered);
  }

  #beginLater(watching: LiveWatch, tries: number, afterMs: number): void {
    const wait = Math.max(afterMs, retryDelay(tries, this.#limits, Math.random));
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      if (this.#connection.up && !watching.closed) this.#begin(watching, tries + 1);
    }, wait);
    this.#retries.add(timer);
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
