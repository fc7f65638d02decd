import type { Claim } from '@carat/protocol';
import type { Connection } from './connection.ts';
import { CaratError } from './errors.ts';
import type { Limits } from './limits.ts';
import { type Asked, Outbox, type Sending } from './outbox.ts';

/** Gives an outbox its socket and its timer. */
export class Sender {
  readonly #outbox: Outbox;
  readonly #limits: Limits;
  readonly #connection: Connection;
  #expiry: { timer: ReturnType<typeof setTimeout>; at: number } | undefined;
  #drained: (() => void) | undefined;
  #closed = false;

  constructor(connection: Connection, limits: Limits) {
    this.#connection = connection;
    this.#limits = limits;
    this.#outbox = new Outbox(limits);
  }

  get awaited(): number {
    return this.#outbox.awaited;
  }

  /** Takes a claim in and sends it as soon as it may go. Throws `CaratError` where it was not taken. */
  add(claim: Claim, asked: Asked, merge: boolean): void {
    if (this.#closed) throw new CaratError('closed');
    this.#outbox.add(claim, asked, { merge, now: performance.now() });
    this.#pump();
  }

  welcomed(maxInFlight: number): void {
    this.#outbox.connected(maxInFlight);
    this.#pump();
  }

  lost(): void {
    this.#outbox.disconnected(performance.now());
    this.#pump();
  }

  /** Takes nothing more, waits a little for what is not answered yet, and rejects the rest. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#outbox.awaited > 0) await this.#drain();
    clearTimeout(this.#expiry?.timer);
    this.#outbox.close(new CaratError('closed'));
  }

  #drain(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#limits.drainMs);
      this.#drained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #pump(): void {
    const now = performance.now();
    for (let sending = this.#outbox.next(now); sending; sending = this.#outbox.next(now)) this.#emit(sending);
    if (this.#outbox.awaited === 0) this.#drained?.();
    if (this.#outbox.stuck) this.#connection.restart('claims stay unanswered');
    else this.#arm(this.#outbox.dueAt, now);
  }

  #emit(sending: Sending): void {
    this.#connection.socket.emit('gift:send', sending.claim, (answer) => {
      this.#outbox.answered(sending, answer, performance.now());
      this.#pump();
    });
  }

  /**
   * One timer for all that can fall due; a later due time needs no new one, it is found when the timer rings.
   */
  #arm(dueAt: number, now: number): void {
    if (dueAt === Number.POSITIVE_INFINITY || (this.#expiry && this.#expiry.at <= dueAt)) return;
    clearTimeout(this.#expiry?.timer);
    const ring = (): void => {
      this.#expiry = undefined;
      this.#outbox.expire(performance.now());
      this.#pump();
    };
    this.#expiry = { at: dueAt, timer: setTimeout(ring, Math.max(1, Math.ceil(dueAt - now))) };
  }
}
