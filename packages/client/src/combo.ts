import type { Claim, Receipt } from '@carat/protocol';
import type { ServerClock } from './clock.ts';
import { type Limits, largestCount } from './limits.ts';
import type { Asked } from './outbox.ts';

export type GiftToSend = {
  live: string;
  gift: string;
  /** Who pays: from a token with the `service` role only. */
  viewer?: string;
  /** False for gifts that are sent one at a time: every tap is then a combo of its own. Default: true. */
  streakable?: boolean;
};

/** One combo of a builder: what it has claimed so far, and how it stands. */
type Run = { id: string; begun: number; count: number; over: boolean };

/**
 * Builds the claims of one gift. `count` and `id` are those of the running combo. A combo is over after a
 * final refusal, at the largest count, and for taps when it is 10 minutes old; the next call begins a new
 * one, from 1.
 */
export class Combo {
  /** The last receipt, also of a combo that is over. */
  receipt: Receipt | undefined;
  readonly #gift: GiftToSend;
  readonly #clock: ServerClock;
  readonly #newComboAfterMs: number;
  readonly #claim: (claim: Claim, asked: Asked) => void;
  #run: Run;

  constructor(
    gift: GiftToSend,
    clock: ServerClock,
    limits: Pick<Limits, 'newComboAfterMs'>,
    claim: (claim: Claim, asked: Asked) => void,
  ) {
    this.#gift = gift;
    this.#clock = clock;
    this.#newComboAfterMs = limits.newComboAfterMs;
    this.#claim = claim;
    this.#run = this.#begin();
  }

  get id(): string {
    return this.#run.id;
  }

  /** What has been claimed, whether answered or not. */
  get count(): number {
    return this.#run.count;
  }

  /**
   * One more. Resolves with a receipt for at least this count; rejects with `CaratRefusal` or `CaratError`. A
   * rejection that nobody listens to is not raised as unhandled: taps may be thrown away.
   */
  tap(): Promise<Receipt> {
    const run = this.#run;
    const old = this.#clock.now() - run.begun >= this.#newComboAfterMs;
    if (run.over || old || run.count >= largestCount || (run.count > 0 && this.#gift.streakable === false))
      this.#run = this.#begin();
    return this.#ask(this.#run, this.#run.count + 1);
  }

  /**
   * The combo has now reached `count` (1 to 9,999). Unlike a tap it goes on with a combo that is older than
   * 10 minutes, as counting the same total again from the start would bill it twice; the gateway then ends it
   * with `combo_expired`.
   */
  reach(count: number): Promise<Receipt> {
    if (!Number.isInteger(count) || count < 1 || count > largestCount)
      return Promise.reject(new RangeError(`A count is an integer from 1 to ${largestCount}, not ${count}.`));
    const unused = this.#run.count === 0 && this.#clock.now() - this.#run.begun >= this.#newComboAfterMs;
    if (this.#run.over || unused) this.#run = this.#begin();
    const { receipt } = this;
    if (receipt?.combo === this.#run.id && receipt.count >= count) return Promise.resolve(receipt);
    return this.#ask(this.#run, count);
  }

  #begin(): Run {
    return { id: this.#clock.newComboId(), begun: this.#clock.now(), count: 0, over: false };
  }

  #ask(run: Run, count: number): Promise<Receipt> {
    const { live, gift, viewer } = this.#gift;
    const answer = new Promise<Receipt>((resolve, reject) => {
      const over = (): void => {
        run.over = true;
      };
      const booked = (receipt: Receipt): void => {
        this.receipt = receipt;
        resolve(receipt);
      };
      const claim: Claim = { combo: run.id, live, gift, count, ...(viewer === undefined ? {} : { viewer }) };
      this.#claim(claim, { count, resolve: booked, reject, over });
      run.count = Math.max(run.count, count);
    });
    answer.catch(() => undefined);
    return answer;
  }
}
