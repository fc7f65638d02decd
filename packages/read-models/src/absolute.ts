import type { Batch, Sum, TableBatch } from './batch.ts';
import { encodeFeedHead, type FeedHead, type FeedPart, feedLimits, heldAfter, noFeed } from './feeds.ts';
import { feedHeadsTable } from './keys.ts';
import type { Known, KnownTable } from './known.ts';
import { isRanked, type Ranking, rankingOf } from './ranks.ts';
import { encodeTotal, type Total } from './totals.ts';
import type { Writes } from './writes.ts';

/** Bookings of one entry of a feed, so that reading a few never drags many along. */
const maxBookingsPerEntry = 250;
/** Fields written at once, so that an application can be cut between them. */
const maxFieldsPerWrite = 1_000;

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
  /** Of a ranked table. All pieces of an application go by what was known before the first of them. */
  readonly ranking: Ranking | undefined;
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
    const ranking = changed.ranked ? rankingOf(totals, table.floor) : undefined;
    tables.push({ name, table, batch: changed, totals, ranking });
  }
  return { tables };
};

/** What one script writes, and the ranked tables in it by the number that the script knows. */
export type Piece = { readonly writes: Writes; readonly ranked: Map<string, KnownTable> };

/** Begins a piece, and says when the next one is to be begun. */
export type Pieces = { readonly begin: () => Writes; readonly isFull: (writes: Writes) => boolean };

/**
 * Writes a batch down and remembers what it leads to, piece by piece; the last one is returned.
 * @param shown takes each feed's new bookings as JSON, where anyone is told of them.
 */
export function* writeBatch(
  batch: Batch,
  tables: readonly Absolute[],
  known: Known,
  { begin, isFull }: Pieces,
  shown: Map<string, string> | undefined,
): Generator<Piece, Piece> {
  let piece: Piece = { writes: begin(), ranked: new Map() };
  for (const table of tables) {
    for (const slice of slicesOf(table)) {
      writeTotals(table, slice, known, piece);
      if (!isFull(piece.writes)) continue;
      yield piece;
      piece = { writes: begin(), ranked: new Map() };
    }
    known.touch(table.name, table.table);
  }
  const heads: string[] = [];
  for (const [feed, added] of batch.feeds) {
    const before = known.feed(feed) ?? noFeed;
    const held = heldAfter(before, added.parts());
    let head = held.before;
    // Those that are held follow each other: where some are passed over, none before them is.
    if (head.count > before.count) piece.writes.drop(feed);
    for (const parts of entriesOf(held.parts)) {
      const last = head;
      head = writeEntry(feed, parts, last, piece.writes);
      trimFeed(feed, last, head, piece.writes);
      if (!isFull(piece.writes)) continue;
      yield piece;
      piece = { writes: begin(), ranked: new Map() };
    }
    known.putFeed(feed, head);
    heads.push(feed, encodeFeedHead(head));
    shown?.set(feed, bodyOf(held.parts));
  }
  if (heads.length > 0) piece.writes.hash(feedHeadsTable, heads);
  return piece;
}

type Slice = { readonly fields: readonly string[]; readonly first: number };

/** The fields of a table, some at a time; one slice also where nothing but values is set. */
function* slicesOf({ batch }: Absolute): Generator<Slice> {
  const fields = [...batch.sums.keys()];
  for (let first = 0; first === 0 || first < fields.length; first += maxFieldsPerWrite) {
    yield { fields: fields.slice(first, first + maxFieldsPerWrite), first };
  }
}

const writeTotals = (
  { name, table, batch, totals, ranking }: Absolute,
  { fields, first }: Slice,
  known: Known,
  { writes, ranked }: Piece,
): void => {
  const best: string[] = [];
  const others: string[] = [];
  for (const [i, field] of fields.entries()) {
    const total = totals[first + i]!;
    known.put(table, field, total);
    const pairs = ranking !== undefined && isRanked(total, ranking) ? best : others;
    pairs.push(field, encodeTotal(total.amounts, total.place));
  }
  if (first === 0) {
    if (ranking?.cut !== undefined) writes.cut(name, ranking.cut);
    for (const [field, value] of batch.values) others.push(field, value);
  }
  const ranks = writes.hash(name, best.concat(others), best.length / 2);
  if (ranks !== undefined) ranked.set(ranks, table);
};

/** Parts that become one entry. */
function* entriesOf(parts: readonly FeedPart[]): Generator<readonly FeedPart[]> {
  let first = 0;
  let bookings = 0;
  for (const [i, part] of parts.entries()) {
    if (i > first && bookings + part.bookings > maxBookingsPerEntry) {
      yield parts.slice(first, i);
      first = i;
      bookings = 0;
    }
    bookings += part.bookings;
  }
  if (first < parts.length) yield parts.slice(first);
}

const bodyOf = (parts: readonly FeedPart[]): string => `[${parts.map(({ body }) => body).join(',')}]`;

/** @returns how the feed stands after it */
const writeEntry = (feed: string, parts: readonly FeedPart[], before: FeedHead, writes: Writes): FeedHead => {
  const bookings = parts.reduce((sum, part) => sum + part.bookings, 0);
  const latest = Math.max(...parts.map((part) => part.latest));
  const head = { count: before.count + bookings, latest: Math.max(before.latest, latest) };
  const { from } = parts[0]!;
  const { position } = parts.at(-1)!;
  writes.entry(feed, { from, position, upTo: head.count, bookings, latest, body: bodyOf(parts) });
  return head;
};

/** Drops what the feed no longer holds, which `heldEntries` says, now and then. */
const trimFeed = (feed: string, before: FeedHead, { count, latest }: FeedHead, writes: Writes): void => {
  const { minBookings, maxBookings, minMs, trimEveryBookings } = feedLimits;
  const turns = (bookings: number): number => Math.floor(bookings / trimEveryBookings);
  if (count <= minBookings || turns(count) === turns(before.count)) return;
  writes.trim(feed, count - maxBookings, count - minBookings, latest - minMs);
};
