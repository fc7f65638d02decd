import { type BoardDefinition, prefixes, type Unit } from '@carat/domain';
import type { EventStore, Position, StoredEvent } from '@carat/event-store';
import type { Sum } from '@carat/projections';
import {
  addToDump,
  type Dump,
  DumpGone,
  type DumpStore,
  DumpsAway,
  findDump,
  findRow,
  writeDump,
} from './dumps.ts';
import { createFold, type Fold } from './fold.ts';
import { limits } from './limits.ts';
import { type Row, rowOf } from './rows.ts';
import { digestOf, digestOfBoard, type Terms } from './terms.ts';
import { walkLog } from './walk.ts';

/** What looking back works with. */
export type Sources = {
  readonly store: EventStore;
  /** Where tables of all time are kept; without it they are folded from the start of the log. */
  readonly dumps?: DumpStore | undefined;
  readonly dumpEveryEvents?: number;
  readonly signal?: AbortSignal | undefined;
};

type Question = {
  readonly unit: Unit;
  /** How the unit's board is defined, where it is one that an operator defined. */
  readonly board?: BoardDefinition | undefined;
  readonly table: string;
  readonly upTo: Position;
  readonly terms: Terms;
  /** The only field that is wanted: then nothing else is kept, where there are no dumps. */
  readonly field?: string;
};

/** A table of all time as of a place: what a dump holds of it, and what came after. */
type Folded = {
  readonly rows: () => AsyncGenerator<Row>;
  readonly row: (field: string) => Promise<Row | undefined>;
};

const maxAttempts = 3;

/**
 * Asks a table of all time, folded from the nearest dump. Where a dump turns out to be gone, it is folded
 * again; where dumps cannot be reached, without them.
 * @throws HistoryError, EventStoreError
 */
export const askAllTime = async <T>(
  sources: Sources,
  question: Question,
  ask: (folded: Folded) => Promise<T>,
): Promise<T> => {
  let { dumps } = sources;
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(await foldAllTime({ ...sources, dumps }, question));
    } catch (error) {
      const isAway = error instanceof DumpsAway;
      if (!(isAway || error instanceof DumpGone)) throw error;
      if (isAway || attempt >= maxAttempts) dumps = undefined;
    }
  }
};

const foldAllTime = async (
  { store, dumps, dumpEveryEvents = limits.dumpEveryEvents, signal }: Sources,
  { unit, board, table, upTo, terms, field }: Question,
): Promise<Folded> => {
  const { generation } = terms;
  // Tables of boards that operators define are called the same in all of them. Their definition is told too:
  // in a log that was restored and went on otherwise the same id may mean something else.
  const owner = board ? `${unit}:${digestOfBoard(board)}:` : '';
  const name = `${generation}:${digestOf(terms, unit)}:${owner}${table}`;
  let base = dumps && (await findDump(store, dumps, name, upTo));
  let events = base?.events ?? 0;
  const narrow = dumps === undefined && field !== undefined;
  const fold = createFold({ unit, board, tables: [table], ...(narrow && { field }) }, terms);
  const dump = async (dumps: DumpStore, { position, id }: StoredEvent): Promise<Dump> => {
    const rows = addToDump(dumps, name, base, sumsOf(fold, table));
    const made = await writeDump(dumps, name, { position, event: id, events }, rows);
    fold.clear();
    return made;
  };
  const stretch = { after: base?.position, upTo, prefixes: [prefixes.wallets], signal };
  for await (const page of walkLog(store, stretch)) {
    for (const event of page) {
      fold.see(event);
      events += 1;
      if (dumps && events % dumpEveryEvents === 0) base = await dump(dumps, event);
    }
  }
  return {
    rows: () => addToDump(dumps, name, base, sumsOf(fold, table)),
    row: async (field) => {
      const sum = sumsOf(fold, table).get(field);
      const before = dumps && base && (await findRow(dumps, name, base, field));
      return sum === undefined ? before : rowOf(field, sum, before);
    },
  };
};

const noSums: ReadonlyMap<string, Sum> = new Map();
const sumsOf = (fold: Fold, table: string): ReadonlyMap<string, Sum> => fold.table(table)?.sums ?? noSums;
