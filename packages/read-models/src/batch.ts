import type { FeedPart } from './feeds.ts';

/** What a batch adds to one total, and the place of the last booking in it that did. */
export type Sum = { readonly amounts: readonly number[]; readonly place: string };

export type TableBatch = {
  /** Whether the best of the table are kept in order, by their first amount. */
  readonly ranked: boolean;
  /** What is added, by field; no amount is negative. */
  readonly sums: ReadonlyMap<string, Sum>;
  /** What is set, by field. */
  readonly values: ReadonlyMap<string, string>;
};

/** Everything that a run of events changes in a unit, added up; the writer turns it into absolute values. */
export type Batch = {
  readonly tables: ReadonlyMap<string, TableBatch>;
  /** New entries by feed, in log order. */
  readonly feeds: ReadonlyMap<string, { parts(): readonly FeedPart[] }>;
};
