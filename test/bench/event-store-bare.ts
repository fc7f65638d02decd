import { DatabaseSync } from 'node:sqlite';
import { type Loop, newGift, wallets } from './event-store-events.ts';

/** As the adapter keeps its file; what is compared is the code around SQLite, not the settings. */
const pragmas = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;
  PRAGMA cache_size = 16384;`;
const markEvery = 32;

const open = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file);
  db.exec(pragmas);
  return db;
};

/**
 * The inserts of the adapter for the same events, bare: prepared statements, and nothing checked, decided or
 * answered; as many to a transaction as the adapter has in flight.
 * @returns events per second
 */
export const insertBare = (file: string, { inFlight, batch, warmUpMs, runMs }: Loop): number => {
  const db = open(file);
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, unhex(?), ?, ?, ?)');
  const insertMark = db.prepare('INSERT INTO marks VALUES (?, ?, ?)');
  const moveHead = db.prepare(
    'UPDATE heads SET revision = ?, position = ? WHERE stream = ? AND revision = ?',
  );
  const moveTip = db.prepare('UPDATE tip SET position = ?');
  const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')];
  const heads = db.prepare('SELECT stream, revision, position FROM heads ORDER BY stream').all() as {
    stream: number;
    revision: number;
    position: number;
  }[];
  const created = Date.now();
  const from = performance.now() + warmUpMs;
  let position = heads.length;
  let appended = 0;
  for (let wallet = 0, now = 0; now < from + runMs; now = performance.now()) {
    begin.run();
    for (let n = 0; n < inFlight; n++) {
      const head = heads[wallet]!;
      wallet = (wallet + 1) % wallets;
      const before = head.revision;
      for (let k = 0; k < batch; k++) {
        const { id, type, data } = newGift(wallet + k);
        const json = JSON.stringify(data);
        position += 1;
        head.revision += 1;
        insert.run(
          position,
          head.stream,
          head.revision,
          head.position,
          created,
          id.replaceAll('-', ''),
          type,
          json,
          position,
        );
        if (head.revision % markEvery === markEvery - 1) insertMark.run(head.stream, head.revision, position);
        head.position = position;
      }
      moveHead.run(head.revision, position, head.stream, before);
    }
    moveTip.run(position);
    commit.run();
    if (now >= from) appended += inFlight * batch;
  }
  db.close();
  return (appended * 1_000) / runMs;
};

/** The select of the adapter, bare, and its data parsed, row by row. @returns events per second */
export const selectBare = (file: string, pageEvents: number): number => {
  const db = open(file);
  const select = db.prepare(
    `SELECT position, stream, revision, previous, created, lower(hex(id)), type, data, checksum FROM events
     WHERE position > ? AND position <= ? ORDER BY position`,
  );
  select.setReturnArrays(true);
  const startedAt = performance.now();
  let events = 0;
  for (let after = 0; ; after += pageEvents) {
    const rows = select.all(after, after + pageEvents) as unknown as unknown[][];
    if (rows.length === 0) break;
    const page = rows.map((row) => ({ position: row[0], id: row[5], data: JSON.parse(row[7] as string) }));
    events += page.length;
  }
  const took = performance.now() - startedAt;
  db.close();
  return (events * 1_000) / took;
};
