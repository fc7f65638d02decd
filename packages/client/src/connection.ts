import type { ClientToServer, Refusal, ServerToClient, Welcome } from '@carat/protocol';
import { io, type Socket } from 'socket.io-client';
import { isRefusal } from './errors.ts';
import type { Limits } from './limits.ts';
import { retryDelay } from './retry.ts';

export type Token = string | (() => string | Promise<string>);

type Several = string | readonly string[];
/** Gateways, in the order in which they are tried; a function is asked at each attempt to connect. */
export type Addresses = Several | (() => Several | Promise<Several>);

export type Hooks = {
  /** A socket was made, and nothing came over it so far. */
  opened: (socket: CaratSocket) => void;
  welcomed: (welcome: Welcome) => void;
  /** The connection is gone; another attempt follows by itself. */
  lost: (reason: string) => void;
  /** An attempt to connect failed; `refusal` where the server said no. Another one follows by itself. */
  failed: (error: Error, refusal: Refusal | undefined) => void;
};

export type CaratSocket = Socket<ServerToClient, ClientToServer>;

/**
 * A connection that comes back for ever, with jitter, until it is closed: each attempt is a socket of its
 * own. It goes to the same gateway again, and to the next one after an attempt that failed.
 */
export class Connection {
  /** The token that was told last. */
  token = '';
  readonly #addresses: Addresses;
  #tokenSource: Token;
  readonly #hooks: Hooks;
  readonly #limits: Limits;
  #socket: CaratSocket | undefined;
  #welcomed = false;
  #closed = false;
  /** Which attempt is under way; what belongs to an earlier one means nothing. */
  #attempt = 0;
  /** Since the last welcome. */
  #failures = 0;
  #gateway = 0;
  #gateways = 1;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #attemptTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(addresses: Addresses, token: Token, limits: Limits, hooks: Hooks) {
    this.#addresses = addresses;
    this.#tokenSource = token;
    this.#hooks = hooks;
    this.#limits = limits;
  }

  /** True between the welcome and the end of a connection: the only time to send anything. */
  get up(): boolean {
    return this.#welcomed;
  }

  /** The socket of the present attempt. */
  get socket(): CaratSocket {
    if (!this.#socket) throw new Error('There is no connection.');
    return this.#socket;
  }

  /** Whether new tokens can be had without being given one. */
  get getsTokens(): boolean {
    return typeof this.#tokenSource === 'function';
  }

  /** Makes the first attempt, or the next one at once. */
  async connect(): Promise<void> {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#attempt += 1;
    const attempt = this.#attempt;
    const late = () => this.#fail(new Error('No welcome came in time.'));
    this.#attemptTimer = setTimeout(late, this.#limits.connectTimeoutMs);
    try {
      const [url, token] = await Promise.all([this.#nextAddress(), this.newToken()]);
      if (attempt === this.#attempt) this.#open(url, token);
    } catch (error) {
      if (attempt === this.#attempt) this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** The token as it was given, or a new one where it is a function. */
  async newToken(): Promise<string> {
    return typeof this.#tokenSource === 'string' ? this.#tokenSource : await this.#tokenSource();
  }

  /** Replaces a token that was given as text, and tries at once where the next attempt is waited for. */
  renew(token: string): void {
    if (typeof this.#tokenSource === 'string') this.#tokenSource = token;
    if (this.#welcomed) this.token = token;
    if (this.#retryTimer) void this.connect();
  }

  /** Drops the connection and makes a new one. */
  restart(reason: string): void {
    if (this.#closed) return;
    this.#drop(reason);
    this.#connectLater();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#drop('closed');
  }

  async #nextAddress(): Promise<string> {
    const given = typeof this.#addresses === 'function' ? await this.#addresses() : this.#addresses;
    const all = typeof given === 'string' ? [given] : given;
    this.#gateways = Math.max(1, all.length);
    const url = all[this.#gateway % this.#gateways];
    if (url === undefined) throw new Error('No address of a gateway was given.');
    return url;
  }

  #open(url: string, token: string): void {
    this.token = token;
    const socket: CaratSocket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token },
    });
    this.#socket = socket;
    this.#hooks.opened(socket);
    socket.on('welcome', (welcome) => {
      clearTimeout(this.#attemptTimer);
      this.#welcomed = true;
      this.#failures = 0;
      this.#hooks.welcomed(welcome);
    });
    socket.on('disconnect', (reason) => {
      if (this.#welcomed) this.restart(reason);
      else this.#fail(new Error(reason));
    });
    socket.on('connect_error', (error) => {
      this.#fail(error, 'data' in error && isRefusal(error.data) ? error.data : undefined);
    });
  }

  /** The attempt came to nothing. */
  #fail(error: Error, refusal?: Refusal): void {
    if (this.#closed) return;
    this.#failures += 1;
    this.#gateway += 1;
    this.#drop(error.message);
    this.#connectLater(refusal?.retryAfterMs);
    this.#hooks.failed(error, refusal);
  }

  #drop(reason: string): void {
    this.#attempt += 1;
    clearTimeout(this.#attemptTimer);
    this.#socket?.off();
    this.#socket?.disconnect();
    this.#socket = undefined;
    if (!this.#welcomed) return;
    this.#welcomed = false;
    this.#hooks.lost(reason);
  }

  #connectLater(atLeastMs = 0): void {
    if (this.#closed || this.#retryTimer) return;
    this.#retryTimer = setTimeout(() => void this.connect(), this.#delay(atLeastMs));
  }

  /** Longer from one round of all gateways to the next, and not long before the others of a round. */
  #delay(atLeastMs: number): number {
    const { firstRetryMs, firstReconnectMs, longestReconnectMs: longestRetryMs } = this.#limits;
    const round = this.#failures / this.#gateways;
    if (!Number.isInteger(round)) return retryDelay(1, { firstRetryMs, longestRetryMs }, Math.random);
    const bounds = { firstRetryMs: firstReconnectMs, longestRetryMs };
    const wait = retryDelay(Math.max(1, round), bounds, Math.random);
    return Math.max(atLeastMs * (1 + Math.random() / 4), wait);
  }
}
