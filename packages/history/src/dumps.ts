import { comparePositions, type EventStore, type Position } from '@carat/event-store';
import type { Sum } from '@carat/projections';
import { limits } from './limits.ts';
import { type Row, rowOf } from './rows.ts';

/** A whole table as it stood at a place of the log, kept in chunks of rows in the order of their fields. */
export type Dump = {
  readonly position: Position;
  /** Id of the event there: a log restored from a backup holds another one. */
  readonly event: string;
  /** How many events of wallets the log holds up to there. */
  readonly events: number;
  readonly chunks: number;
};

/**
 * Keeps tables as they stood. It may lose everything at any time, and all of it can be made again; what it
 * answers is what was written, or nothing. `table` names log, version and table.
 * Everything rejects with `DumpsAway` while it cannot be reached.
 */
export type DumpStore = {
  list(table: string): Promise<Dump[]>;
  /** Undefined where it is no longer held. */
  readChunk(table: string, position: Position, chunk: number): Promise<Row[] | undefined>;
  writeChunk(table: string, position: Position, chunk: number, rows: readonly Row[]): Promise<void>;
  /** Lets it be found, once all its chunks are written. */
  finish(table: string, dump: Dump): Promise<void>;
  drop(table: string, dump: Dump): Promise<void>;
};

/** The store of dumps cannot be reached. */
export class DumpsAway extends Error {
  override readonly name = 'DumpsAway';
}

/** A part of a dump is gone. */
export class DumpGone extends Error {
  override readonly name = 'DumpGone';
}

/** The newest dump at or before a place that is of this very log. */
export const findDump = async (
  store: EventStore,
  dumps: DumpStore,
  table: string,
  upTo: Position,
): Promise<Dump | undefined> => {
  const held = (await dumps.list(table)).filter(({ position }) => comparePositions(position, upTo) <= 0);
  for (const dump of held.sort((a, b) => comparePositions(b.position, a.position))) {
    if ((await store.eventAt(dump.position)) === dump.event) return dump;
    await dumps.drop(table, dump);
  }
  return undefined;
};

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** All rows of a dump, in the order of their fields. @throws DumpGone, DumpsAway */
async function* readDump(dumps: DumpStore, table: string, dump: Dump): AsyncGenerator<Row> {
  for (let chunk = 0; chunk < dump.chunks; chunk++) yield* await readChunk(dumps, table, dump, chunk);
}

const readChunk = async (dumps: DumpStore, table: string, dump: Dump, chunk: number): Promise<Row[]> => {
  const rows = await dumps.readChunk(table, dump.position, chunk);
  if (rows !== undefined) return rows;
  await dumps.drop(table, dump);
  throw new DumpGone();
};

/** One row of a dump, by bisection over its chunks. @throws DumpGone, DumpsAway */
export const findRow = async (
  dumps: DumpStore,
  table: string,
  dump: Dump,
  field: string,
): Promise<Row | undefined> => {
  for (let [low, high] = [0, dump.chunks - 1]; low <= high; ) {
    const middle = Math.floor((low + high) / 2);
    const rows = await readChunk(dumps, table, dump, middle);
    if (field < rows[0]!.field) high = middle - 1;
    else if (field > rows.at(-1)!.field) low = middle + 1;
    else return rows.find((row) => row.field === field);
  }
  return undefined;
};

/** A dump with what came after it, in the order of the fields. @throws DumpGone, DumpsAway, HistoryError */
export async function* addToDump(
  dumps: DumpStore | undefined,
  table: string,
  dump: Dump | undefined,
  sums: ReadonlyMap<string, Sum>,
): AsyncGenerator<Row> {
  const added = [...sums].sort(([a], [b]) => byText(a, b));
  let next = 0;
  if (dumps && dump) {
    for await (const row of readDump(dumps, table, dump)) {
      for (; next < added.length && added[next]![0] < row.field; next++) yield rowOf(...added[next]!);
      if (added[next]?.[0] === row.field) yield rowOf(...added[next++]!, row);
      else yield row;
    }
  }
  for (; next < added.length; next++) yield rowOf(...added[next]!);
}

/** Writes a dump chunk by chunk, and lets it be found. @throws DumpsAway */
export const writeDump = async (
  dumps: DumpStore,
  table: string,
  reached: Omit<Dump, 'chunks'>,
  rows: AsyncIterable<Row>,
): Promise<Dump> => {
  let chunks = 0;
  let chunk: Row[] = [];
  const write = async (): Promise<void> => {
    if (chunk.length > 0) await dumps.writeChunk(table, reached.position, chunks++, chunk);
    chunk = [];
  };
  for await (const row of rows) if (chunk.push(row) >= limits.chunkRows) await write();
  await write();
  const dump = { ...reached, chunks };
  await dumps.finish(table, dump);
  return dump;
};
