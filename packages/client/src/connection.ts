import type { ClientToServer, Refusal, ServerToClient, Welcome } from '@carat/protocol';
import { io, type Socket } from 'socket.io-client';
import { isRefusal } from './errors.ts';
import type { Limits } from './limits.ts';
import { retryDelay } from './retry.ts';

export type Token = string | (() => string | Promise<string>);

export type Hooks = {
  welcomed: (welcome: Welcome) => void;
  /** The connection is gone; another attempt follows by itself. */
  lost: (reason: string) => void;
  /** An attempt to connect failed; `refusal` where the server said no. Another one follows by itself. */
  failed: (error: Error, refusal: Refusal | undefined) => void;
};

export type CaratSocket = Socket<ServerToClient, ClientToServer>;

/**
 * One socket that comes back for ever, with jitter, until it is closed. Socket.IO reconnects after a cut;
 * where a server ended the connection or did not let it in, and where no token could be had, this does. The
 * token is asked for at each attempt.
 */
export class Connection {
  readonly socket: CaratSocket;
  #token: Token;
  readonly #hooks: Hooks;
  readonly #limits: Limits;
  #welcomed = false;
  #closed = false;
  #attempt = 0;
  #failures = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #welcomeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, token: Token, limits: Limits, hooks: Hooks) {
    this.#token = token;
    this.#hooks = hooks;
    this.#limits = limits;
    this.socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      autoConnect: false,
      timeout: limits.connectTimeoutMs,
      reconnectionDelay: Math.min(1_000, limits.longestReconnectMs),
      reconnectionDelayMax: limits.longestReconnectMs,
      randomizationFactor: 0.5,
      auth: (give) => this.#giveToken(give),
    });
    this.#listen();
    this.socket.connect();
  }

  /** True between the welcome and the end of a connection: the only time to send anything. */
  get up(): boolean {
    return this.#welcomed;
  }

  /** Replaces a token that was given as text, and tries at once where the next attempt is waited for. */
  renew(token: string): void {
    if (typeof this.#token === 'string') this.#token = token;
    if (this.#retryTimer) this.#connectNow();
  }

  /** Drops the connection and makes a new one. */
  restart(reason: string): void {
    if (this.#closed) return;
    this.#cut(reason);
    this.#connectLater();
  }

  close(): void {
    this.#closed = true;
    this.#attempt += 1;
    clearTimeout(this.#retryTimer);
    this.#cut('closed');
    this.socket.removeAllListeners();
  }

  #listen(): void {
    const { socket } = this;
    socket.on('connect', () => {
      const late = () => this.restart('no welcome came');
      this.#welcomeTimer = setTimeout(late, this.#limits.connectTimeoutMs);
    });
    socket.on('welcome', (welcome) => {
      clearTimeout(this.#welcomeTimer);
      this.#welcomed = true;
      this.#failures = 0;
      this.#hooks.welcomed(welcome);
    });
    socket.on('disconnect', (reason) => {
      this.#down(reason);
      if (reason === 'io server disconnect') this.#connectLater();
    });
    socket.on('connect_error', (error) => {
      const refusal = 'data' in error && isRefusal(error.data) ? error.data : undefined;
      const again = !socket.active;
      if (again) this.#connectLater();
      this.#hooks.failed(error, refusal);
    });
  }

  async #giveToken(give: (auth: { token: string }) => void): Promise<void> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    try {
      const token = typeof this.#token === 'string' ? this.#token : await this.#token();
      if (attempt === this.#attempt) give({ token });
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.restart('no token could be had');
      this.#hooks.failed(error instanceof Error ? error : new Error(String(error)), undefined);
    }
  }

  #cut(reason: string): void {
    this.#down(reason);
    this.socket.disconnect();
  }

  #down(reason: string): void {
    clearTimeout(this.#welcomeTimer);
    if (!this.#welcomed) return;
    this.#welcomed = false;
    this.#hooks.lost(reason);
  }

  #connectLater(): void {
    if (this.#closed || this.#retryTimer) return;
    this.#failures += 1;
    const { firstRetryMs, longestReconnectMs } = this.#limits;
    const wait = retryDelay(
      this.#failures,
      { firstRetryMs, longestRetryMs: longestReconnectMs },
      Math.random,
    );
    this.#retryTimer = setTimeout(() => this.#connectNow(), wait);
  }

  #connectNow(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.socket.connect();
  }
}
