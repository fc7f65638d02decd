import type { Batch, Sum, TableBatch } from './batch.ts';
import { encodeFeedHead, type FeedEntry, type FeedHead, feedLimits, noFeed } from './feeds.ts';
import { feedHeadsTable } from './keys.ts';
import type { Known, KnownTable } from './known.ts';
import { mayRank } from './ranks.ts';
import { encodeTotal, type Total } from './totals.ts';
import type { Writes } from './writes.ts';

/** Bookings of one entry of a feed, so that reading a few never drags many along. */
const maxBookingsPerEntry = 250;

/**
 * A total after a batch; undefined where an amount would be no exact integer. Its place moves only with its
 * first amount, by which it is ranked.
 */
const addUp = (old: Total | undefined, { amounts, place }: Sum): Total | undefined => {
  const next: number[] = [];
  for (let i = 0; i < amounts.length; i++) {
    const amount = amounts[i]! + (old === undefined ? 0 : old.amounts[i]!);
    if (!Number.isSafeInteger(amount)) return undefined;
    next.push(amount);
  }
  return { amounts: next, place: old === undefined || amounts[0]! > 0 ? place : old.place };
};

export type Field = { readonly table: string; readonly field: string };
export type Absolute = {
  readonly name: string;
  readonly table: KnownTable;
  readonly batch: TableBatch;
  /** In the order of the batch's sums. */
  readonly totals: readonly Total[];
};

/** What the totals will be, or the first one that would no longer be an exact integer. Changes nothing. */
export const computeTotals = (batch: Batch, known: Known): { inexact: Field } | { tables: Absolute[] } => {
  const tables: Absolute[] = [];
  for (const [name, changed] of batch.tables) {
    const table = known.table(name)!;
    const totals: Total[] = [];
    for (const [field, sum] of changed.sums) {
      const total = addUp(table.totals.get(field), sum);
      if (total === undefined) return { inexact: { table: name, field } };
      totals.push(total);
    }
    tables.push({ name, table, batch: changed, totals });
  }
  return { tables };
};

/**
 * Writes the totals down and remembers them. @returns the ranked tables by the number that the script knows.
 */
export const writeTotals = (
  tables: readonly Absolute[],
  known: Known,
  writes: Writes,
): Map<string, KnownTable> => {
  const ranked = new Map<string, KnownTable>();
  for (const { name, table, batch, totals } of tables) {
    const best: string[] = [];
    const others: string[] = [];
    let i = 0;
    for (const field of batch.sums.keys()) {
      const total = totals[i++]!;
      known.put(table, field, total);
      const pairs = batch.ranked && mayRank(total.amounts[0]!, table.floor) ? best : others;
      pairs.push(field, encodeTotal(total.amounts, total.place));
    }
    for (const [field, value] of batch.values) others.push(field, value);
    known.touch(name, table);
    const ranks = writes.hash(name, best.concat(others), best.length / 2);
    if (ranks !== undefined) ranked.set(ranks, table);
  }
  return ranked;
};

/** Writes the new entries of the feeds. @returns each feed's new bookings as JSON. */
export const writeFeeds = (batch: Batch, known: Known, writes: Writes): Map<string, string> => {
  const shown = new Map<string, string>();
  const heads: string[] = [];
  for (const [feed, entries] of batch.feeds) {
    const before = known.feed(feed) ?? noFeed;
    const { head, body } = writeEntries(feed, entries, before, writes);
    known.putFeed(feed, head);
    heads.push(feed, encodeFeedHead(head));
    shown.set(feed, body);
    trimFeed(feed, before, head, writes);
  }
  if (heads.length > 0) writes.hash(feedHeadsTable, heads);
  return shown;
};

const writeEntries = (
  feed: string,
  entries: readonly FeedEntry[],
  before: FeedHead,
  writes: Writes,
): { head: FeedHead; body: string } => {
  let head = before;
  const bodies: string[] = [];
  for (let first = 0; first < entries.length; first += maxBookingsPerEntry) {
    const part = entries.slice(first, first + maxBookingsPerEntry);
    const latest = part.reduce((latest, { at }) => Math.max(latest, at), 0);
    head = { count: head.count + part.length, latest: Math.max(head.latest, latest) };
    const body = JSON.stringify(part);
    const { position: from } = part[0]!;
    const { position } = part.at(-1)!;
    writes.entry(feed, { from, position, upTo: head.count, bookings: part.length, latest, body });
    bodies.push(body.slice(1, -1));
  }
  return { head, body: `[${bodies.join(',')}]` };
};

/** Now and then drops what the feed no longer holds; `heldEntries` says what that is. */
const trimFeed = (feed: string, before: FeedHead, { count, latest }: FeedHead, writes: Writes): void => {
  const { minBookings, maxBookings, minMs, trimEveryBookings } = feedLimits;
  const turns = (bookings: number): number => Math.floor(bookings / trimEveryBookings);
  if (count <= minBookings || turns(count) === turns(before.count)) return;
  writes.trim(feed, count - maxBookings, count - minBookings, latest - minMs);
};
