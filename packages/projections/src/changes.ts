/** Adds amounts to a total. Totals only grow; amounts are integers, none negative. */
export type Add = {
  readonly change: 'add';
  readonly table: string;
  readonly field: string;
  readonly amounts: readonly number[];
  /** True where the best of the table are kept in order, by their first amount. */
  readonly ranked?: true;
};

/** Sets a value. */
export type Put = {
  readonly change: 'set';
  readonly table: string;
  readonly field: string;
  readonly value: string;
};

/** Adds an entry to a feed; it is shown as it is here. */
export type Show = { readonly change: 'feed'; readonly table: string; readonly entry: FeedEntry };
export type FeedEntry = { readonly position: string; readonly at: number };

/** Everything that an event can do to a read model. */
export type Change = Add | Put | Show;
