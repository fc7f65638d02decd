import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './errors.ts';

/**
 * Tells who has a log open, across processes: an empty database beside it, on which everyone holds a lock for
 * as long as its log is open. A lock goes with its process, however that ends. (The file must not be opened
 * by other means: closing it would take away the locks of the whole process.)
 */
export type Presence = { leave(): void };

const pathOf = (log: string): string => `${log}-open`;

/** @throws what `isBusy` recognises while the log is being replaced; what SQLite throws */
export const enter = (log: string): Presence => hold(log, 'BEGIN; SELECT count(*) FROM sqlite_schema');

/** Keeps everyone out. @returns undefined where somebody is in */
export const keepOut = (log: string): Presence | undefined => {
  try {
    return hold(log, 'BEGIN EXCLUSIVE');
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw error;
  }
};

const hold = (log: string, take: string): Presence => {
  const db = new DatabaseSync(pathOf(log), { timeout: 0 });
  try {
    db.exec(take);
  } catch (error) {
    db.close();
    throw error;
  }
  return { leave: () => db.close() };
};
