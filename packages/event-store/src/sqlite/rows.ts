import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** A query whose rows come as arrays, which are the cheapest to make. */
export type Rows<Row> = {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
};

export const prepareRows = <Row>(db: DatabaseSync, sql: string): Rows<Row> => {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);

  /** We never write integers beyond 2^53: those that another hand wrote come rounded, not as an error. */
  const tolerate = <T>(read: () => T, round: (found: T) => T): T => {
    try {
      return read();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_OUT_OF_RANGE') throw error;
    }
    statement.setReadBigInts(true);
    try {
      return round(read());
    } finally {
      statement.setReadBigInts(false);
    }
  };

  return {
    get: (...values) =>
      tolerate(
        () => statement.get(...values) as Row | undefined,
        (row) => row && rounded(row),
      ),
    all: (...values) =>
      tolerate(
        () => statement.all(...values) as Row[],
        (rows) => rows.map(rounded),
      ),
  };
};

const rounded = <Row>(row: Row): Row =>
  (row as unknown[]).map((value) => (typeof value === 'bigint' ? Number(value) : value)) as Row;
