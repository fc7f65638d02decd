import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { append, newEvents, prove, readWholeLog } from '../laws/fixtures.ts';
import { noReopeningLaws, oneConnectionLaws, reopeningLaws, turnsLaws } from '../laws/lifetime.ts';
import {
  asMortal,
  type Capabilities,
  type Crashing,
  eventStoreLaws,
  type FreshLog,
  sharedLog,
} from '../laws.ts';
import { type EventStore, EventStoreError } from '../port.ts';
import type { ConnectionOptions } from './connection.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-laws-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let logs = 0;
const newPath = (): string => {
  logs += 1;
  return join(folder, `${logs}.db`);
};

/** What a log is on disk at a moment. */
type OnDisk = { readonly file: Buffer; readonly wal: Buffer };

/** A statement counts as so many steps: nothing of it is on disk, a third, two thirds, all. */
const partsOfStatement = 4;

const readAhead = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
};

const readDescriptor = (descriptor: number): Buffer => {
  const bytes = Buffer.alloc(fstatSync(descriptor).size);
  readSync(descriptor, bytes, 0, bytes.length, 0);
  return bytes;
};

/** What is on disk when so much of what lies between two moments has been written. */
const between = (before: OnDisk, after: OnDisk, part: number): OnDisk => {
  if (part === 0) return before;
  if (part === partsOfStatement - 1) return after;
  const length = Math.max(before.wal.length, after.wal.length);
  let begin = 0;
  while (begin < length && before.wal[begin] === after.wal[begin]) begin += 1;
  const cut = begin + Math.floor(((after.wal.length - begin) * part) / (partsOfStatement - 1));
  return {
    file: before.file,
    wal: Buffer.concat([after.wal.subarray(0, cut), before.wal.subarray(cut)]),
  };
};

/** Has every statement that writes run by another function, until it is told to stop. */
const hookStatements = (around: <T>(run: () => T) => T): (() => void) => {
  const { run } = StatementSync.prototype;
  const { exec } = DatabaseSync.prototype;
  StatementSync.prototype.run = function (this: StatementSync, ...values: SQLInputValue[]) {
    return around(() => Reflect.apply(run, this, values));
  } as typeof run;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    return around(() => exec.call(this, sql));
  };
  return () => {
    StatementSync.prototype.run = run;
    DatabaseSync.prototype.exec = exec;
  };
};

/**
 * A log of which a crash leaves what is on disk at that moment: that is copied, and the copy is the log from
 * then on. (The file is read through one descriptor all along, since to close another would end the locks
 * that SQLite holds on it.)
 */
const freshLog = (options: Partial<ConnectionOptions>) => async (): Promise<FreshLog> => {
  let path = newPath();
  const open = () => openSqliteStore(path, options);

  const openCrashing = async (steps: number): Promise<Crashing> => {
    const descriptor = openSync(path, 'a+');
    const living = await open();
    const { store, die } = asMortal(living);
    const wal = `${path}-wal`;
    const look = (): OnDisk => ({ file: readDescriptor(descriptor), wal: readAhead(wal) });
    let hasCrashed = false;
    let stepsLeft = steps;

    const leave = (left: OnDisk): void => {
      hasCrashed = true;
      die();
      unhook();
      path = newPath();
      writeFileSync(path, left.file);
      writeFileSync(`${path}-wal`, left.wal);
    };
    const unhook = hookStatements((run) => {
      stepsLeft -= partsOfStatement;
      if (hasCrashed || stepsLeft >= 0) return run();
      const before = look();
      const result = run();
      leave(between(before, look(), stepsLeft + partsOfStatement));
      return result;
    });

    return {
      store: {
        ...store,
        close: async () => {
          unhook();
          await living.close();
          closeSync(descriptor);
        },
      },
      crash: async () => {
        const happened = hasCrashed;
        if (!happened) leave(look());
        return happened;
      },
    };
  };

  return { open, openCrashing };
};

const capabilities: Capabilities = {
  reopen: true,
  processes: true,
  crash: true,
  gaplessPositions: true,
  ownPositions: true,
  milliseconds: true,
  casesInOneAppend: true,
  countsWhatItPasses: true,
};

eventStoreLaws('SQLite', freshLog({}), capabilities);
eventStoreLaws(
  'SQLite that remembers next to nothing',
  freshLog({ cachedStreams: 2, cachePages: 10 }),
  capabilities,
);

/** Another file for many is begun after so much: whoever opens one looks through all of it. */
const maxSharedBytes = 4 * 1024 * 1024;

let shared = newPath();
const partOfOneFile = (): Promise<FreshLog> => {
  const { size = 0 } = statSync(shared, { throwIfNoEntry: false }) ?? {};
  if (size > maxSharedBytes) shared = newPath();
  const path = shared;
  return sharedLog({ open: () => openSqliteStore(path) })();
};
eventStoreLaws(
  'SQLite with one file for many logs',
  partOfOneFile,
  { ...capabilities, crash: false },
  { runs: 8 },
);

it('L2: a crash leaves nothing of an append up to one step of it, and all of it from there on', async () => {
  const left: number[] = [];
  for (let steps = 0, happened = true; happened; steps += 1) {
    const log = await freshLog({})();
    await (await log.open()).close();
    const crashing = (await log.openCrashing?.(steps)) as Crashing;
    await append(crashing.store, 'a-1', 'no_stream', newEvents(12)).catch(() => {});
    happened = await crashing.crash();
    await crashing.store.close();
    const store = await log.open();
    left.push((await readWholeLog(store)).length);
    await store.close();
  }
  expect(left.length).toBeGreaterThan(12 * partsOfStatement);
  expect(new Set(left)).toEqual(new Set([0, 12]));
  expect(left).toEqual(left.toSorted((a, b) => a - b));
});

describe('a log of one connection, which ends with it,', () => {
  const passing = async (): Promise<FreshLog> => {
    let isOpen = false;
    const open = async (): Promise<EventStore> => {
      if (isOpen) throw new EventStoreError('unavailable', 'The log is open already.');
      isOpen = true;
      const living = await openSqliteStore(newPath());
      const close = async (): Promise<void> => {
        await living.close();
        isOpen = false;
      };
      return { ...asMortal(living).store, close };
    };
    return { open };
  };

  it.each(Object.entries({ ...noReopeningLaws, ...oneConnectionLaws }))('keeps that %s', (_, proof) =>
    prove(passing, proof),
  );

  it.each(Object.entries({ ...reopeningLaws, ...turnsLaws }))('does not keep %s', async (_, proof) => {
    await expect(prove(passing, proof)).rejects.toThrow();
  });
});
