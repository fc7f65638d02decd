import type { Claim, Receipt, Refusal, Welcome } from '@carat/protocol';
import { createServerClock } from './clock.ts';
import { Combo, type GiftToSend } from './combo.ts';
import { type Addresses, Connection, type Token } from './connection.ts';
import { CaratError, CaratRefusal, isRefusal } from './errors.ts';
import { expiryOf } from './expiry.ts';
import type { Limits } from './limits.ts';
import { Listeners } from './listeners.ts';
import { Renewal } from './renewal.ts';
import { Sender } from './sender.ts';
import { Watches } from './watches.ts';
import type { WatchCallbacks, Watching } from './watching.ts';

export type CaratEvents = {
  /** Welcomed, at first and after every reconnect. */
  connect: Welcome;
  /** The connection was lost, for this reason; it comes back by itself. */
  disconnect: string;
  /** An attempt to connect failed; `refusal` where the gateway said no. Attempts go on. */
  connect_failed: { error: Error; refusal: Refusal | undefined };
};

/** A connection to Carat that heals itself. `connect` makes it. */
export class Carat {
  /** Who the gateway says one is, and what it allows, as of the last connect. */
  welcome: Welcome | undefined;
  readonly #clock = createServerClock();
  readonly #limits: Limits;
  readonly #connection: Connection;
  readonly #sender: Sender;
  readonly #watches: Watches;
  readonly #renewal: Renewal;
  readonly #listeners = new Listeners<CaratEvents>();
  #closing: Promise<void> | undefined;

  /** Begins to connect, and goes on until it is closed. `connect` also waits for the first welcome. */
  constructor(addresses: Addresses, token: Token, limits: Limits) {
    this.#limits = limits;
    this.#connection = new Connection(addresses, token, limits, {
      opened: (socket) => this.#watches.listen(socket),
      welcomed: (welcome) => this.#welcomed(welcome),
      lost: (reason) => this.#lost(reason),
      failed: (error, refusal) => this.#listeners.tell('connect_failed', { error, refusal }),
    });
    this.#sender = new Sender(this.#connection, limits);
    this.#watches = new Watches(this.#connection, limits);
    const renew = async () => this.#tellToken(await this.#connection.newToken());
    this.#renewal = new Renewal(renew, () => this.#clock.now(), limits);
    void this.#connection.connect();
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
    return this.#listeners.on(name, listener);
  }

  /**
   * Tells the gateway a new token before the old one expires. A token that was given to `connect` as a
   * function needs none of this: it is asked for at each attempt to connect and ahead of its expiry. One that
   * was given as text is replaced. While offline, the next attempt is made at once. Rejects with
   * `CaratRefusal`, or `CaratError` (`connect_failed`) without an answer.
   */
  async renew(token: string): Promise<void> {
    if (!this.#connection.up) return this.#connection.renew(token);
    const expiresAt = await this.#tellToken(token);
    if (this.#connection.getsTokens) this.#renewal.plan(expiresAt);
  }

  /** Waits for claims that are not answered yet, but not for long, then ends the connection. */
  close(): Promise<void> {
    this.#closing ??= this.#sender.close().then(() => {
      this.#renewal.stop();
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
    if (this.#connection.getsTokens) this.#renewal.plan(expiryOf(this.#connection.token));
    this.#listeners.tell('connect', welcome);
  }

  #lost(reason: string): void {
    this.#renewal.stop();
    this.#sender.lost();
    this.#watches.lost();
    this.#listeners.tell('disconnect', reason);
  }

  /** When the token expires, in ms since 1970. */
  async #tellToken(token: string): Promise<number> {
    this.#connection.renew(token);
    const { socket } = this.#connection;
    const answer = await socket
      .timeout(this.#limits.answerTimeoutMs)
      .emitWithAck('token:renew', { token })
      .catch((cause: unknown) => {
        throw new CaratError('connect_failed', cause);
      });
    if (isRefusal(answer)) throw new CaratRefusal(answer);
    return answer.expiresAt;
  }
}
