import { comparePositions, type Position } from '@carat/event-store';
import type { Sum } from '@carat/projections';
import type { Ranked } from '@carat/protocol';
import { HistoryError } from './errors.ts';
import { limits } from './limits.ts';

/** A total: whose it is, its amounts, and the place of the last booking that raised the first of them. */
export type Row = {
  readonly field: string;
  readonly amounts: readonly number[];
  readonly place: Position;
};

/** A sum on top of what was there before it. @throws HistoryError where it is no exact integer */
export const rowOf = (field: string, { amounts, place }: Sum, before?: Row): Row => {
  const added = amounts.map((amount, i) => amount + (before?.amounts[i] ?? 0));
  if (!added.every(Number.isSafeInteger)) throw new HistoryError(`The total of ${field} is too large.`);
  const moved = before === undefined || amounts[0]! > 0;
  return { field, amounts: added, place: moved ? (place as Position) : before.place };
};

/** Best first: by the first amount, and of equals the one that reached it first. */
const compareRanks = (a: Row, b: Row): number =>
  b.amounts[0]! - a.amounts[0]! || comparePositions(a.place, b.place);

/** The best of any number of rows, of which no more are kept than are needed. */
export const createRanking = (entries: number) => {
  const most = Math.max(1, Math.min(entries, limits.maxBoardEntries));
  let best: Row[] = [];
  const cut = (): void => {
    best = best.sort(compareRanks).slice(0, most);
  };
  return {
    add: (row: Row): void => {
      best.push(row);
      if (best.length >= 2 * most + limits.chunkRows) cut();
    },
    entries: (): Ranked[] => {
      cut();
      return best.map(({ field, amounts }) => ({ id: field, score: amounts[0]! }));
    },
  };
};
