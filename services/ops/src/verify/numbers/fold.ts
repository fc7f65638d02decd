import type { Position } from '@carat/event-store';
import type { ShownBooking } from '@carat/protocol';
import type { Unit } from '@carat/read-models';
import type { Fact } from '../stored.ts';

/** A total: its amounts, and the place of the last booking that raised the first of them. */
export type Row = { readonly amounts: number[]; place: Position };

export type FoldedTable = {
  readonly rows: Map<string, Row>;
  /** What the amounts of a field are, for whoever is told that they are wrong. */
  readonly amountsOf: (field: string) => readonly string[];
  /** The best by the first amount are kept in a set beside it. */
  readonly ranked: boolean;
};

export type FoldedFeed = {
  /** Bookings there ever were. */
  count: number;
  /** The latest time among them, ms since 1970. */
  latest: number;
  /** Of the newest bookings, oldest first: a digest of what is shown, and its time. */
  readonly digests: number[];
  readonly times: number[];
};

/** What a unit must hold, as of the last event seen. */
export type UnitFold = {
  readonly unit: Unit;
  see(fact: Fact): void;
  readonly tables: ReadonlyMap<string, FoldedTable>;
  readonly feeds: ReadonlyMap<string, FoldedFeed>;
};

/** Tables by name, made when first asked for. */
export const createTables = () => {
  const tables = new Map<string, FoldedTable>();
  return {
    tables,
    of: (name: string, ranked: boolean, amountsOf: FoldedTable['amountsOf']): FoldedTable => {
      const known = tables.get(name);
      if (known) return known;
      const made = { rows: new Map<string, Row>(), amountsOf, ranked };
      tables.set(name, made);
      return made;
    },
  };
};

/** Adds a booking's amounts to a field's. */
export const addTo = ({ rows }: FoldedTable, field: string, place: Position, ...amounts: number[]): void => {
  const row = rows.get(field);
  if (row === undefined) {
    rows.set(field, { amounts, place });
    return;
  }
  for (let i = 0; i < amounts.length; i++) row.amounts[i]! += amounts[i]!;
  if (amounts[0]! > 0) row.place = place;
};

/** One booking as it must be shown. */
export const shownOf = ({ data, stored }: Fact<'GiftSent'>): ShownBooking => {
  const { combo, viewer, gift, booked, count, coins, at } = data;
  return { position: stored.position, combo, viewer, gift, booked, count, coins, at };
};
