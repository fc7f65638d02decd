import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** A query whose rows come as arrays, which are the cheapest to make. */
export type Rows<Row> = {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
};

export const prepareRows = <Row>(db: DatabaseSync, sql: string): Rows<Row> => {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement as unknown as Rows<Row>;
};
