import type { FeedHead } from './feeds.ts';
import type { Total } from './totals.ts';

/** Totals that a process remembers of one unit at most; about 150 bytes each. */
export const maxKnownTotals = 400_000;
/** What a table costs beside its totals, counted in totals: one of a single total takes some 405 bytes. */
const tableCost = 2;
/** Feeds of which it remembers how they stand. */
export const maxKnownFeeds = 10_000;

/** What is known of a table. */
export type KnownTable = {
  /** True where all its fields are known: what is not among them does not exist. */
  readonly whole: boolean;
  /** How many fields it has. */
  size: number;
  readonly totals: Map<string, Total>;
  /**
   * As many as count are ranked, or more, all of them at or above this score. It may lag behind the lowest
   * there is, which only lets more in; undefined lets everyone in.
   */
  floor: number | undefined;
};

/**
 * What a process remembers of a unit from its own applications, so that it need not ask. It is worth
 * something only as long as nobody else applies anything, which the script checks.
 */
export const createKnown = (maxTotals = maxKnownTotals) => {
  /** Least recently used first. */
  const tables = new Map<string, KnownTable>();
  const feeds = new Map<string, FeedHead>();
  let count = 0;
  return {
    table: (name: string): KnownTable | undefined => tables.get(name),
    /**
     * Takes up a table that was just asked for; of one that was known already only the totals asked for are
     * new.
     */
    learn(name: string, found: Omit<KnownTable, 'totals' | 'whole'>): KnownTable {
      const known = tables.get(name);
      if (known !== undefined) return known;
      const table = { ...found, whole: found.size === 0, totals: new Map() };
      tables.set(name, table);
      count += tableCost;
      return table;
    },
    /** Takes up a total that was asked for. */
    learnTotal(table: KnownTable, field: string, total: Total): void {
      const before = table.totals.size;
      table.totals.set(field, total);
      count += table.totals.size - before;
    },
    /** Takes up a total that is being written; one not known until now is new in its table. */
    put(table: KnownTable, field: string, total: Total): void {
      const before = table.totals.size;
      table.totals.set(field, total);
      const added = table.totals.size - before;
      table.size += added;
      count += added;
    },
    feed: (name: string): FeedHead | undefined => feeds.get(name),
    putFeed: (name: string, head: FeedHead): void => void feeds.set(name, head),
    /** Marks a table as used last. */
    touch(name: string, table: KnownTable): void {
      tables.delete(name);
      tables.set(name, table);
    },
    /** Forgets what was used least recently, down to the limits. */
    trim(): void {
      for (const [name, table] of tables) {
        if (count <= maxTotals) break;
        tables.delete(name);
        count -= table.totals.size + tableCost;
      }
      if (feeds.size > maxKnownFeeds) feeds.clear();
    },
    forget(): void {
      tables.clear();
      feeds.clear();
      count = 0;
    },
  };
};

export type Known = ReturnType<typeof createKnown>;
