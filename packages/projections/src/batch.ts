import type { Change } from './changes.ts';
import { createFeedParts, type FeedParts } from './feed-parts.ts';

/** What a batch adds to one total, and the place of the last booking that raised its first amount. */
export type Sum = { amounts: number[]; place: string };

export type TableBatch = {
  ranked: boolean;
  readonly sums: Map<string, Sum>;
  readonly values: Map<string, string>;
};

/** The changes of a run of events, added up per table and field. */
export type Batch = {
  readonly tables: Map<string, TableBatch>;
  readonly feeds: Map<string, FeedParts>;
  /** What it costs to write: fields, ranked ones counted twice, and entries of feeds. */
  writes: number;
};

export const emptyBatch = (): Batch => ({ tables: new Map(), feeds: new Map(), writes: 0 });

const tableOf = (batch: Batch, name: string): TableBatch => {
  let table = batch.tables.get(name);
  if (table === undefined) {
    table = { ranked: false, sums: new Map(), values: new Map() };
    batch.tables.set(name, table);
  }
  return table;
};

const feedOf = (batch: Batch, name: string): FeedParts => {
  let feed = batch.feeds.get(name);
  if (feed === undefined) {
    feed = createFeedParts();
    batch.feeds.set(name, feed);
  }
  return feed;
};

const isAmount = (amount: number): boolean => Number.isSafeInteger(amount) && amount >= 0;

/** Why changes cannot be added up: what no total may grow by. Undefined: they can. */
export const findFault = (changes: readonly Change[]): string | undefined => {
  for (const change of changes) {
    if (change.change !== 'add') continue;
    for (const amount of change.amounts) {
      if (isAmount(amount)) continue;
      return `${change.table} ${change.field} cannot grow by ${change.amounts.join(', ')}`;
    }
  }
  return undefined;
};

/**
 * Adds the changes of one event to a batch, in log order. An amount that leaves the exact integers stays
 * beyond them, whatever is added, and so is found where the totals are written.
 */
export const addChanges = (batch: Batch, changes: readonly Change[], position: string): void => {
  for (const change of changes) {
    switch (change.change) {
      case 'add':
        addAmounts(batch, change, position);
        break;
      case 'set':
        tableOf(batch, change.table).values.set(change.field, change.value);
        batch.writes++;
        break;
      case 'feed': {
        feedOf(batch, change.table).add(change.entry);
        batch.writes++;
        break;
      }
    }
  }
};

const addAmounts = (batch: Batch, add: Extract<Change, { change: 'add' }>, position: string): void => {
  const table = tableOf(batch, add.table);
  if (add.ranked) table.ranked = true;
  const sum = table.sums.get(add.field);
  if (sum === undefined) {
    table.sums.set(add.field, { amounts: add.amounts.slice(), place: position });
    batch.writes += add.ranked ? 2 : 1;
    return;
  }
  const { amounts } = add;
  for (let i = 0; i < amounts.length; i++) sum.amounts[i]! += amounts[i]!;
  if (amounts[0]! > 0) sum.place = position;
};
