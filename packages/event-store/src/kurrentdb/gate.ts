import { EventStoreError } from '../port.ts';

type Step<T> = () => Promise<T>;

/** Lets so many steps run at a time; others wait for their turn. */
export class Gate {
  readonly #maxInside: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(maxInside: number, maxWaiting: number) {
    this.#maxInside = maxInside;
    this.#maxWaiting = maxWaiting;
  }

  /** @throws EventStoreError `unavailable`: too many wait; or what the step throws */
  async pass<T>(step: Step<T>): Promise<T> {
    if (this.#inside < this.#maxInside) this.#inside += 1;
    else await this.#wait();
    try {
      return await step();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }

  /** Whoever goes makes room for the next. */
  #wait(): Promise<void> {
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new EventStoreError(
        'unavailable',
        `${this.#waiting.length} reads wait: there is no room for more.`,
      );
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
