import { limits } from '../limits.ts';

/**
 * A stretch of a log's combo that goes under one id: counts above `base` are claimed with it, counted from
 * there.
 */
type Part = { readonly id: string; readonly base: number; readonly since: number; reached: number };

/** Under which id, and as which count, a frame is claimed. */
export type ComboIds = {
  place(combo: number, count: number, newId: () => string): { readonly id: string; readonly count: number };
  /** By its receipt, the combo has reached this count under this id. */
  reached(combo: number, id: string, count: number): void;
};

/**
 * Ids for the combos of a log, each made when its first frame is sent. The gateway takes an id for 15
 * minutes, so a combo that grows later than that, in a log played slowly, goes on under a new id with what it
 * adds. Late frames that add nothing stay with the id they were booked under.
 */
export const createComboIds = (now: () => number): ComboIds => {
  const partsOf = new Map<number, Part[]>();

  const begin = (parts: Part[], base: number, id: string): Part => {
    const part = { id, base, since: now(), reached: 0 };
    parts.push(part);
    return part;
  };

  return {
    place: (combo, count, newId) => {
      const parts = partsOf.get(combo) ?? [];
      partsOf.set(combo, parts);
      let part = parts.findLast(({ base }) => base < count) ?? begin(parts, 0, newId());
      const settled = part.base + part.reached;
      const old = now() - part.since >= limits.newComboAfterMs;
      if (old && part === parts.at(-1) && count > settled) part = begin(parts, settled, newId());
      return { id: part.id, count: count - part.base };
    },
    reached: (combo, id, count) => {
      const part = partsOf.get(combo)?.find((one) => one.id === id);
      if (part) part.reached = Math.max(part.reached, count);
    },
  };
};
