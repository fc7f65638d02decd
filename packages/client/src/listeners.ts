/** Those who want to be told, by the name of what is told. What one of them throws reaches no other. */
export class Listeners<Events> {
  readonly #told = new Map<keyof Events, Set<(value: never) => void>>();

  /** Calls back each time; returns what ends that. */
  on<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void {
    const listening = this.#told.get(name) ?? new Set();
    this.#told.set(name, listening.add(listener));
    return () => void listening.delete(listener);
  }

  tell<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    for (const listener of [...(this.#told.get(name) ?? [])]) {
      try {
        (listener as (value: Events[Name]) => void)(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
