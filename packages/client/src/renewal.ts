import type { Limits } from './limits.ts';
import { retryDelay } from './retry.ts';

type Bounds = Pick<Limits, 'renewAheadMs' | 'firstRetryMs' | 'longestRetryMs' | 'longestTimerMs'>;

/**
 * How long to wait, in ms, before a token with so much time left is renewed: ahead by a bound or half of that
 * time, of which a random half is taken off, so that clients let in together do not renew together.
 */
export const renewalDelay = (
  leftMs: number,
  { renewAheadMs }: Pick<Limits, 'renewAheadMs'>,
  random: () => number,
): number => leftMs - Math.min(renewAheadMs, leftMs / 2) * (1 - random() / 2);

/** Renews the token of an open connection in time, again and again until it is stopped. */
export class Renewal {
  readonly #renew: () => Promise<number>;
  readonly #now: () => number;
  readonly #limits: Bounds;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param renew tells a new token, and when that one expires; rejects where it could not.
   * @param now the server's time, in ms since 1970.
   */
  constructor(renew: () => Promise<number>, now: () => number, limits: Bounds) {
    this.#renew = renew;
    this.#now = now;
    this.#limits = limits;
  }

  /** The token that is now in use expires then. One that does not say when is never renewed. */
  plan(expiresAt: number | undefined): void {
    this.stop();
    if (expiresAt === undefined) return;
    const wait = renewalDelay(Math.max(0, expiresAt - this.#now()), this.#limits, Math.random);
    if (wait > this.#limits.longestTimerMs)
      this.#later(this.#limits.longestTimerMs, () => this.plan(expiresAt));
    else this.#later(Math.max(wait, this.#limits.firstRetryMs), () => this.#try(1));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #try(tries: number): void {
    const timer = this.#timer;
    this.#renew().then(
      (expiresAt) => {
        if (timer === this.#timer) this.plan(expiresAt);
      },
      () => {
        if (timer !== this.#timer) return;
        const wait = retryDelay(tries, this.#limits, Math.random);
        this.#later(wait, () => this.#try(tries + 1));
      },
    );
  }

  #later(ms: number, then: () => void): void {
    this.#timer = setTimeout(then, ms);
  }
}
