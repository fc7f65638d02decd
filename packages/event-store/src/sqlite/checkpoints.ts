import type { DatabaseSync } from 'node:sqlite';
import { isSyncFailure } from './errors.ts';
import { prepareRows, type Rows } from './rows.ts';

/** Pages in the write-ahead log after which it is moved into the file, and again after so many more. */
const checkpointPages = 1_000;
/**
 * A write-ahead log of so many pages is to begin anew. That happens by itself whenever nobody reads it while
 * all of it is moved; where several processes write without a pause, it has to be asked for.
 */
const maxPages = 4_000;

/**
 * Moves the write-ahead log into the file, behind the commits. SQLite would do it by itself, but within a
 * commit, and without a word where it fails.
 */
export class Checkpoints {
  readonly #look: Rows<[busy: number, pages: number, moved: number]>;
  readonly #move: Rows<[busy: number, pages: number, moved: number]>;
  readonly #restart: Rows<[busy: number, pages: number, moved: number]>;
  readonly #onSyncFailed: () => void;
  #next = checkpointPages;

  /** @param onSyncFailed is told where an fsync failed. What else fails is tried again as the log grows. */
  constructor(db: DatabaseSync, onSyncFailed: () => void) {
    this.#look = prepareRows(db, 'PRAGMA wal_checkpoint(NOOP)');
    this.#move = prepareRows(db, 'PRAGMA wal_checkpoint(PASSIVE)');
    this.#restart = prepareRows(db, 'PRAGMA wal_checkpoint(RESTART)');
    this.#onSyncFailed = onSyncFailed;
  }

  /** Whether it is time. Costs 2 µs. */
  isDue(): boolean {
    const pages = this.#pages();
    if (pages < this.#next - checkpointPages) this.#next = checkpointPages;
    return pages >= this.#next;
  }

  /** Moves what no reader needs where it is. Somebody who reads or writes at the moment is not waited for. */
  move(): void {
    const pages = this.#pages();
    this.#next = pages + checkpointPages;
    try {
      (pages < maxPages ? this.#move : this.#restart).get();
    } catch (error) {
      if (isSyncFailure(error)) this.#onSyncFailed();
    }
  }

  /**
   * Moves what was left there by who had the log open before: should the system have dropped what a failed
   * fsync left, it is written anew.
   */
  moveRest(): void {
    const [, pages, moved] = this.#look.get() ?? [0, 0, 0];
    if (pages > moved) this.move();
  }

  #pages(): number {
    try {
      return this.#look.get()?.[1] ?? 0;
    } catch {
      // The next commit says what is wrong.
      return 0;
    }
  }
}
