/** Who wants to know that the log has grown. */
export class Listeners {
  readonly #all = new Set<{ readonly listener: () => void }>();
  #isScheduled = false;

  /** @returns how to stop listening */
  add(listener: () => void): () => void {
    const entry = { listener };
    this.#all.add(entry);
    return () => {
      this.#all.delete(entry);
    };
  }

  /** Calls every listener soon, once for all calls of one turn. */
  call(): void {
    if (this.#isScheduled || this.#all.size === 0) return;
    this.#isScheduled = true;
    setImmediate(this.#callAll);
  }

  clear(): void {
    this.#all.clear();
  }

  /** What a listener throws is a warning, and no one else's business. */
  readonly #callAll = (): void => {
    this.#isScheduled = false;
    for (const { listener } of this.#all) {
      try {
        listener();
      } catch (error) {
        process.emitWarning(`A listener of the event store failed: ${String(error)}`);
      }
    }
  };
}
