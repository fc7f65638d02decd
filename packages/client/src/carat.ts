import type { Claim, Receipt, Refusal, Welcome } from '@carat/protocol';
import { createServerClock } from './clock.ts';
import { Combo, type GiftToSend } from './combo.ts';
import { Connection, type Token } from './connection.ts';
import { CaratError, CaratRefusal, isRefusal } from './errors.ts';
import type { Limits } from './limits.ts';
import { Sender } from './sender.ts';
import { Watches } from './watches.ts';
import { hand, type WatchCallbacks, type Watching } from './watching.ts';

export type CaratEvents = {
  /** Welcomed, at first and after every reconnect. */
  connect: Welcome;
  /** The connection was lost, for this reason; it comes back by itself. */
  disconnect: string;
  /** An attempt to connect failed; `refusal` where the gateway said no. Attempts go on. */
  connect_failed: { error: Error; refusal: Refusal | undefined };
};

type Listeners = { [Name in keyof CaratEvents]: Set<(value: CaratEvents[Name]) => void> };

/** A connection to Carat that heals itself. `connect` makes it. */
export class Carat {
  /** Who the gateway says one is, and what it allows, as of the last connect. */
  welcome: Welcome | undefined;
  readonly #clock = createServerClock();
  readonly #limits: Limits;
  readonly #connection: Connection;
  readonly #sender: Sender;
  readonly #watches: Watches;
  readonly #listeners: Listeners = { connect: new Set(), disconnect: new Set(), connect_failed: new Set() };
  #closing: Promise<void> | undefined;

  /** @internal `connect` waits for the welcome. */
  constructor(url: string, token: Token, limits: Limits) {
    this.#limits = limits;
    this.#connection = new Connection(url, token, limits, {
      welcomed: (welcome) => this.#welcomed(welcome),
      lost: (reason) => this.#lost(reason),
      failed: (error, refusal) => this.#tell('connect_failed', { error, refusal }),
    });
    this.#sender = new Sender(this.#connection, limits);
    this.#watches = new Watches(this.#connection, limits);
  }

  get connected(): boolean {
    return this.#connection.up;
  }

  /** Promises of receipts that are not answered yet. */
  get awaited(): number {
    return this.#sender.awaited;
  }

  /** A builder of combos of one gift. Nothing is sent before its first tap. */
  send(gift: GiftToSend): Combo {
    return new Combo(gift, this.#clock, this.#limits, (claim, asked) => this.#sender.add(claim, asked, true));
  }

  /**
   * Sends exactly this claim, again and again until it is answered; claims of one combo go in the order of
   * the calls. With `merge`, one that still waits to be sent is raised to the highest count instead. Resolves
   * with a receipt; rejects with `CaratRefusal`, or `CaratError` (`outbox_full`, `gave_up`, `closed`).
   */
  claim(claim: Claim, options: { merge?: boolean } = {}): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      this.#sender.add(claim, { count: claim.count, resolve, reject }, options.merge ?? false);
    });
  }

  /** An id for a combo that begins now by the server's clock. */
  newComboId(): string {
    return this.#clock.newComboId();
  }

  /** The server's time, in ms since 1970, as well as it is known. */
  serverNow(): number {
    return this.#clock.now();
  }

  /** Watches a live until the watch is closed, also over reconnects. */
  watch(live: string, callbacks: WatchCallbacks = {}): Watching {
    return this.#watches.add(live, callbacks);
  }

  /** Calls back on a change of state; returns what ends that. */
  on<Name extends keyof CaratEvents>(name: Name, listener: (value: CaratEvents[Name]) => void): () => void {
    this.#listeners[name].add(listener);
    return () => void this.#listeners[name].delete(listener);
  }

  /**
   * Tells the gateway a new token before the old one expires. It also takes the place of a token that was
   * given to `connect` as text; a token given as a function is asked for at each attempt to connect. While
   * offline, the next attempt is made at once. Rejects with `CaratRefusal`, or `CaratError`
   * (`connect_failed`) without an answer.
   */
  async renew(token: string): Promise<void> {
    this.#connection.renew(token);
    if (!this.#connection.up) return;
    const { socket } = this.#connection;
    const answer = await socket
      .timeout(this.#limits.answerTimeoutMs)
      .emitWithAck('token:renew', { token })
      .catch((cause: unknown) => {
        throw new CaratError('connect_failed', cause);
      });
    if (isRefusal(answer)) throw new CaratRefusal(answer);
  }

  /** Waits for claims that are not answered yet, but not for long, then ends the connection. */
  close(): Promise<void> {
    this.#closing ??= this.#sender.close().then(() => {
      this.#watches.close();
      this.#connection.close();
    });
    return this.#closing;
  }

  #welcomed(welcome: Welcome): void {
    this.welcome = welcome;
    this.#clock.set(welcome.now);
    this.#sender.welcomed(welcome.maxClaimsInFlight);
    this.#watches.welcomed();
    this.#tell('connect', welcome);
  }

  #lost(reason: string): void {
    this.#sender.lost();
    this.#tell('disconnect', reason);
  }

  #tell<Name extends keyof CaratEvents>(name: Name, value: CaratEvents[Name]): void {
    for (const listener of [...this.#listeners[name]]) hand(listener, value);
  }
}
