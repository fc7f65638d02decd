import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { openEventStore } from '@carat/event-store';
import { Appender } from './event-store-appender.ts';
import { newLane } from './event-store-appends.ts';

// The format of a write-ahead log, see https://sqlite.org/fileformat.html#walformat
const headerBytes = 32;
const frameHeaderBytes = 24;
const pageBytes = 4_096;
const frameBytes = frameHeaderBytes + pageBytes;

const lanesAtOnce = 6;

/** The newest image of every page, by its number, and how many pages the file then has. */
const newestPages = (wal: Buffer): { readonly pages: Map<number, Buffer>; readonly size: number } => {
  const salts = wal.subarray(16, 24);
  const committed = new Map<number, Buffer>();
  let open = new Map<number, Buffer>();
  let size = 0;
  for (let at = headerBytes; at + frameBytes <= wal.length; at += frameBytes) {
    if (!wal.subarray(at + 8, at + 16).equals(salts)) break;
    open.set(wal.readUInt32BE(at), wal.subarray(at + frameHeaderBytes, at + frameBytes));
    const sizeAtCommit = wal.readUInt32BE(at + 4);
    if (sizeAtCommit === 0) continue;
    size = sizeAtCommit;
    for (const [number, page] of open) committed.set(number, page);
    open = new Map();
  }
  return { pages: committed, size };
};

/** Moves pages from the write-ahead log into the file, as a checkpoint does that ends before its time. */
const checkpointByHand = (file: string, share: number): void => {
  const { pages, size } = newestPages(readFileSync(`${file}-wal`));
  const last = Math.floor(size * share);
  const database = Buffer.alloc(Math.max(readFileSync(file).length, last * pageBytes));
  readFileSync(file).copy(database);
  for (const [number, page] of pages) if (number <= last) page.copy(database, (number - 1) * pageBytes);
  writeFileSync(file, database);
};

/** A log of some events, wholly in its file. */
const begin = async (file: string): Promise<void> => {
  const store = await openEventStore(`sqlite:${file}`);
  for (let n = 0; n < 40; n++) {
    const events = [{ id: crypto.randomUUID(), type: 'Happened', data: { n } }];
    await store.append([{ stream: `wallet-${n}`, expected: 'no_stream', events }]);
  }
  await store.close();
};

/** So that whoever writes next begins the write-ahead log anew, over what it held. */
const checkpoint = (file: string): void => {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  db.close();
};

/** How logs may be left by a process that is killed. */
export const leftBehind = {
  'never checkpointed': { begun: false, restarted: false, share: 0 },
  'checkpointed before': { begun: true, restarted: false, share: 0 },
  'checkpointed half way': { begun: true, restarted: false, share: 0.5 },
  'checkpointed to the end': { begun: true, restarted: false, share: 1 },
  'begun anew after a checkpoint': { begun: true, restarted: true, share: 0 },
} as const;

/**
 * Makes a log whose process was killed while it was appending.
 * @returns the bytes of its write-ahead log
 */
export const leaveBehind = async (file: string, how: keyof typeof leftBehind): Promise<number> => {
  const { begun, restarted, share } = leftBehind[how];
  const living = `${file}.living`;
  if (begun) await begin(living);
  const lanes = Array.from({ length: lanesAtOnce }, (_, n) => newLane(`lane-${n}`));
  const appender = new Appender(`sqlite:${living}`, lanes);
  await appender.until(restarted ? 90 : 60);
  if (restarted) {
    checkpoint(living);
    await appender.until(appender.answered.length + 30);
  }
  await appender.kill();
  for (const part of ['', '-wal']) copyFileSync(living + part, file + part);
  if (share > 0) checkpointByHand(file, share);
  return readFileSync(`${file}-wal`).length;
};
