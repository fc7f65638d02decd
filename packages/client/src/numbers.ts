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

/** Whether what is as of `next` replaces what is shown: a later place, or another generation. */
const supersedes = (next: AsOf, shown: AsOf): boolean =>
  next.generation !== shown.generation || comparePositions(next.position, shown.position) > 0;

/** The numbers of a snapshot, where the read models could be read. */
export const numbersOf = ({ live, title, ended, goal, numbers }: LiveSnapshot): LiveNumbers | undefined =>
  numbers === null ? undefined : { live, title, ended, goal, ...numbers };

/**
 * The numbers to show after `next` came: within one generation neither totals nor board ever go back, another
 * generation replaces all. The goal has no place of its own: the one told last holds. The same object where
 * nothing is new.
 */
export const fresher = (shown: LiveNumbers | undefined, next: LiveNumbers): LiveNumbers => {
  if (!shown || next.asOf.generation !== shown.asOf.generation) return next;
  const totals = supersedes(next.asOf, shown.asOf) ? next : shown;
  const board = supersedes(next.board.asOf, shown.board.asOf) ? next.board : shown.board;
  const ended = shown.ended || next.ended;
  const sameGoal = next.goal?.title === shown.goal?.title && next.goal?.coins === shown.goal?.coins;
  const sameValues = totals === shown && board === shown.board && ended === shown.ended;
  if (sameValues && sameGoal && next.title === shown.title) return shown;
  return { ...totals, board, ended, goal: next.goal, title: next.title };
};
