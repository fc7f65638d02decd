import { setImmediate as settle } from 'node:timers/promises';

/** A process ended in the middle of something; all that it does after that comes to nothing. */
export class Crashed extends Error {}

/** Lets what runs at once take its steps in the order of some numbers, so that a run can be had again. */
export const createTurns = (order: readonly number[]) => {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return {
    /** Waits until it is its turn. */
    turn: (): Promise<void> => new Promise((resolve) => void waiting.push(resolve)),
    /** Gives turns until all have ended, well or not. */
    async run(tasks: readonly Promise<unknown>[]): Promise<void> {
      let done = false;
      const ended = Promise.all(tasks).finally(() => {
        done = true;
      });
      ended.catch(() => undefined);
      while (!done) {
        await settle();
        const next = (order[taken++ % order.length] ?? 0) % Math.max(1, waiting.length);
        waiting.splice(next, 1)[0]?.();
      }
      await ended;
    },
  };
};

export type Turns = ReturnType<typeof createTurns>;

/**
 * How a process lives: each of its calls waits for its turn, and one of them may be its last, with its effect
 * or without.
 */
export const createMortality = (turns: Turns) => {
  let left = Number.POSITIVE_INFINITY;
  let lastHasEffect = true;
  let dead = false;
  return {
    get dead() {
      return dead;
    },
    /** It dies of the call after so many. */
    dieAfter: (calls: number, hasEffect: boolean): void => {
      [left, lastHasEffect] = [calls, hasEffect];
    },
    /** @throws Crashed, and whatever the call throws */
    async call<T>(effect: () => Promise<T>): Promise<T> {
      await turns.turn();
      if (dead) throw new Crashed();
      if (left-- > 0) return effect();
      dead = true;
      if (lastHasEffect) await effect().catch(() => undefined);
      throw new Crashed();
    },
  };
};

export type Mortality = ReturnType<typeof createMortality>;
