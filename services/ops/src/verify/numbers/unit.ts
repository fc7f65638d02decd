import { comparePositions, type EventStore } from '@carat/event-store';
import { feedHeadsTable, ranksPrefix, tables } from '@carat/read-models';
import type { Differences } from '../../outcome.ts';
import { createCursor } from '../cursor.ts';
import { readFact } from '../stored.ts';
import { compareField, compareRanks, createFeedComparison } from './compare.ts';
import type { FoldedTable, UnitFold } from './fold.ts';
import { type Place, type Slices, UnreadableKey } from './slices.ts';

/** The unit went back, or was replaced, while it was compared: begin again. */
export class Moved extends Error {
  override readonly name = 'Moved';
}

/** The unit stands at an event that is not in this log: it was filled from another, or a longer one. */
export class OtherLog extends Error {
  override readonly name = 'OtherLog';
}

/** The log is damaged before where the unit stands, so nobody can say what its numbers should be. */
export class DamagedBefore extends Error {
  override readonly name = 'DamagedBefore';
}

export type UnitComparison = {
  /** As of which place the last of its numbers was compared. */
  readonly position: string | null;
  /** Numbers that were compared. */
  readonly numbers: number;
};

type Walk = {
  readonly fold: UnitFold;
  /** Folds the log up to a place. @throws Moved where it lies behind what was folded already */
  to(place: Place): Promise<void>;
  readonly at: () => string | null;
};

/**
 * Compares all that Redis holds of a unit with a fold of the log, while both go on: the log is folded forward
 * to exactly where each slice was read, and slices are read one after the other.
 * @param skipped ids of events that an operator took out of this unit.
 * @throws Moved, NotWhole where it has to be tried again; OtherLog, DamagedBefore
 */
export const compareUnit = async (
  store: EventStore,
  slices: Slices,
  fold: UnitFold,
  skipped: ReadonlySet<string>,
  differences: Differences,
): Promise<UnitComparison> => {
  const walk = walkLog(store, fold, skipped);
  const tell = (name: string, what: string): void =>
    differences.add(`${fold.unit}, ${name}, as of ${walk.at() ?? 'the beginning'}: ${what}.`);
  const begun = await slices.place();
  const names = new Set<string>();
  for await (const found of slices.keys()) for (const name of found) names.add(name);
  await walk.to(begun);
  for (const name of impliedKeys(fold))
    if (!names.has(name)) tell(name, 'there is no such key, the log implies it');
  let numbers = 0;
  for (const name of [...names].sort()) numbers += await compareKey(slices, walk, name, tell);
  return { position: walk.at(), numbers };
};

const walkLog = (store: EventStore, fold: UnitFold, skipped: ReadonlySet<string>): Walk => {
  const cursor = createCursor(store, {
    visit: (stored) => {
      if (skipped.has(stored.id)) return;
      const fact = readFact(stored);
      // What cannot be read is told where the laws are held against the log.
      if (fact && !('fault' in fact)) fold.see(fact);
    },
    onDamage: ({ message }) => {
      throw new DamagedBefore(`${fold.unit}: its numbers cannot be compared with a damaged log. ${message}`);
    },
  });
  return {
    fold,
    at: () => cursor.at?.position ?? null,
    to: async ({ position, event }) => {
      const { at } = cursor;
      if (position === null) {
        if (at) throw new Moved();
        return;
      }
      if (at && comparePositions(at.position, position) > 0) throw new Moved();
      await cursor.advance(position);
      if (cursor.at?.position === position && cursor.at.id === event) return;
      const end = await store.head();
      if (end === undefined || comparePositions(end.position, position) < 0) {
        throw new OtherLog(
          `The log ends at position ${end?.position ?? 'none'}, but the unit ${fold.unit} had ` +
            `applied up to position ${position}: acknowledged events are gone.`,
        );
      }
      throw new OtherLog(
        `${fold.unit}: it stands at position ${position}, event ${event}, which is not in this log.`,
      );
    },
  };
};

/** The keys that must exist, by their names within the unit. */
const impliedKeys = ({ tables, feeds }: UnitFold): string[] => [
  ...[...tables].flatMap(([name, { ranked }]) => (ranked ? [name, ranksPrefix + name] : [name])),
  ...feeds.keys(),
  ...(feeds.size > 0 ? [feedHeadsTable] : []),
];

type Tell = (name: string, what: string) => void;

const compareKey = async (slices: Slices, walk: Walk, name: string, tell: Tell): Promise<number> => {
  try {
    return await comparisonOf(name)(slices, walk, name, tell);
  } catch (error) {
    if (!(error instanceof UnreadableKey)) throw error;
    tell(name, `it cannot be read: ${error.message}`);
    return 0;
  }
};

/** A key's kind shows in its name; one that the log does not imply is found out where it is compared. */
const comparisonOf = (name: string): typeof compareTable => {
  if (name === feedHeadsTable) return compareFeedHeads;
  if (name.startsWith(ranksPrefix)) return compareRanksKey;
  return name.startsWith(tables.feed('')) ? compareFeed : compareTable;
};

const compareTable = async (slices: Slices, walk: Walk, name: string, tell: Tell): Promise<number> => {
  let numbers = 0;
  let expected: Set<string> | undefined;
  let table: FoldedTable | undefined;
  for await (const { place, rows } of slices.hash(name)) {
    await walk.to(place);
    table ??= walk.fold.tables.get(name);
    expected ??= new Set(table?.rows.keys());
    for (const [field, value] of rows) {
      expected.delete(field);
      const difference = compareField(table, field, value);
      if (difference) tell(name, difference);
    }
    numbers += rows.length;
  }
  for (const field of expected ?? []) tell(name, `${field} is missing, which the log implies`);
  return numbers;
};

const compareRanksKey = async (slices: Slices, walk: Walk, name: string, tell: Tell): Promise<number> => {
  const { place, rows } = await slices.ranks(name);
  await walk.to(place);
  const table = walk.fold.tables.get(name.slice(ranksPrefix.length));
  for (const difference of compareRanks(table, rows)) tell(name, difference);
  return rows.length;
};

const compareFeedHeads = async (slices: Slices, walk: Walk, name: string, tell: Tell): Promise<number> => {
  let numbers = 0;
  for await (const { place, rows } of slices.hash(name)) {
    await walk.to(place);
    for (const [feed] of rows) if (!walk.fold.feeds.has(feed)) tell(name, `the log knows nothing of ${feed}`);
    numbers += rows.length;
  }
  return numbers;
};

const compareFeed = async (slices: Slices, walk: Walk, name: string, tell: Tell): Promise<number> => {
  const comparison = createFeedComparison();
  let numbers = 0;
  for await (const slice of slices.feed(name)) {
    await walk.to(slice.place);
    const feed = walk.fold.feeds.get(name);
    if (!feed) {
      if (slice.rows.length > 0) tell(name, 'the log knows nothing of it');
      return numbers;
    }
    for (const difference of comparison.see(slice, feed)) tell(name, difference);
    numbers += slice.rows.length;
  }
  const feed = walk.fold.feeds.get(name);
  if (feed) for (const difference of comparison.finish(feed)) tell(name, difference);
  return numbers;
};
