import type { AsOf, LiveSnapshot, LiveTick } from '@carat/protocol';

/** What a live stands at: totals as of one place in the log, and its board as of another. */
export type LiveNumbers = LiveTick & { title: string | null };

type Position = string | null;

/** Orders places in the log: decimal digits without leading zeros, null before all of them. */
export const comparePositions = (one: Position, other: Position): number => {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? -1 : 1;
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : 1;
};

/** Generations are few in the life of a page; of more, those left longest ago are forgotten. */
const maxLeft = 8;

/**
 * What replaces what, though gateways do not learn of a new generation at the same instant: numbers of one
 * that was left are late, and are passed over. Only where an operator has gone back to it do they come to lie
 * beyond both the place where it was left and that of what is shown.
 */
export class Generations {
  /** Where each stood when it was left; the one left last comes last. */
  readonly #left = new Map<string, Position>();

  /** Whether what is as of `next` replaces what is shown, which then counts as left. */
  replaces(next: AsOf, shown: AsOf): boolean {
    if (next.generation === shown.generation) return comparePositions(next.position, shown.position) > 0;
    const left = this.#left.get(next.generation);
    if (left !== undefined && comparePositions(next.position, later(left, shown.position)) <= 0) return false;
    this.#left.delete(next.generation);
    this.#leave(shown);
    return true;
  }

  #leave({ generation, position }: AsOf): void {
    const left = later(this.#left.get(generation) ?? null, position);
    this.#left.delete(generation);
    this.#left.set(generation, left);
    for (const oldest of this.#left.keys()) {
      if (this.#left.size <= maxLeft) return;
      this.#left.delete(oldest);
    }
  }
}

const later = (one: Position, other: Position): Position => (comparePositions(one, other) > 0 ? one : other);

/** The numbers of a snapshot, where the read models could be read. */
export const numbersOf = ({ live, title, ended, goal, numbers }: LiveSnapshot): LiveNumbers | undefined =>
  numbers === null ? undefined : { live, title, ended, goal, ...numbers };

/**
 * The numbers to show after `next` came: within one generation neither totals nor board ever go back, another
 * generation replaces all, unless it was left before. The goal has no place of its own: the one told last
 * holds. The same object where nothing is new.
 */
export const fresher = (
  shown: LiveNumbers | undefined,
  next: LiveNumbers,
  generations: Generations,
): LiveNumbers => {
  if (!shown) return next;
  const isLater = generations.replaces(next.asOf, shown.asOf);
  if (isLater && next.asOf.generation !== shown.asOf.generation) return next;
  const totals = isLater ? next : shown;
  const board = generations.replaces(next.board.asOf, shown.board.asOf) ? next.board : shown.board;
  const ended = shown.ended || next.ended;
  const sameGoal = next.goal?.title === shown.goal?.title && next.goal?.coins === shown.goal?.coins;
  const sameValues = totals === shown && board === shown.board && ended === shown.ended;
  if (sameValues && sameGoal && next.title === shown.title) return shown;
  return { ...totals, board, ended, goal: next.goal, title: next.title };
};
