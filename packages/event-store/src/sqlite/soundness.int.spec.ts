import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { append, medianMs, newEvents, readWholeLog, write } from '../laws/fixtures.ts';
import { type EventStore, EventStoreError } from '../port.ts';
import { checkLogFile } from './check.ts';
import { checksumOf, type EventRow, sumOfName } from './event-rows.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-soundness-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const freshPath = (): string => {
  files += 1;
  return join(folder, `${files}.db`);
};

const alter = (path: string, sql: string): void => {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  db.exec(sql);
  db.close();
};

/** Seals the log as it is now. */
const seal = async (store: EventStore, last: number): Promise<void> => {
  const head = await store.head();
  const data = { number: last + 2, events: Number(head?.position), lastEvent: head?.id };
  const event = { id: randomUUID(), type: 'LogSealed', data };
  await append(store, 'seals', last < 0 ? 'no_stream' : last, [event]);
};

/** 40 events of wallet-ann, a seal at position 41, 40 of wallet-bob and 40 more of wallet-ann, up to 121. */
const makeSealedLog = async (): Promise<string> => {
  const path = freshPath();
  const store = await openSqliteStore(path);
  await append(store, 'wallet-ann', 'no_stream', newEvents(40));
  await seal(store, -1);
  await append(store, 'wallet-bob', 'no_stream', newEvents(40));
  await append(store, 'wallet-ann', 39, newEvents(40));
  await store.close();
  return path;
};

const refusalOf = async (path: string): Promise<string> => {
  const error: unknown = await openSqliteStore(path).then(
    (store) => store.close(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof EventStoreError)) throw new Error(`not refused: ${String(error)}`);
  expect(error.code).toBe('damaged');
  expect(error.message).toMatch(/^[^\n]+\.$/);
  return error.message;
};

const numberOf = (name: string): string => `(SELECT number FROM streams WHERE name = '${name}')`;

describe('a log is not opened of which anything since the last seal is not as it was written', () => {
  it.each([
    ['an event was altered', `UPDATE events SET data = '{}' WHERE position = 60`, 59, 'position 60'],
    ['an event was taken out', 'DELETE FROM events WHERE position IN (60, 61)', 59, '60 to 61 are gone'],
    ['the last event was taken out', 'DELETE FROM events WHERE position = 121', 120, '121 is gone'],
    ['the last events were taken out', 'DELETE FROM events WHERE position > 100', 100, '101 to 121 are gone'],
    ['the seal was altered', `UPDATE events SET type = 'Other' WHERE position = 41`, 40, 'position 41'],
    ['the end was moved back', 'UPDATE tip SET position = 100', 100, 'goes on to 121'],
    ['the end is lost', 'DELETE FROM tip', 0, 'goes on to 121'],
    ['a head was moved back', `UPDATE heads SET revision = 38, position = 80 WHERE position = 81`, 80, 'bob'],
    ['a head is lost', `DELETE FROM heads WHERE stream = ${numberOf('wallet-bob')}`, 80, 'bob'],
    ['marks are lost', 'DELETE FROM marks WHERE position > 80', 104, 'Event 63 of wallet-ann'],
    ['a name is lost', `DELETE FROM names WHERE stream = ${numberOf('wallet-bob')}`, 80, 'bob'],
    ['a stream was renamed', `UPDATE streams SET name = 'x-1' WHERE name = 'wallet-bob'`, 41, 'position 42'],
    ['a stream is lost', `DELETE FROM streams WHERE name = 'wallet-bob'`, 41, 'position 42'],
  ])('%s', async (_, sql, soundUpTo, why) => {
    const path = await makeSealedLog();
    alter(path, sql);
    const said = await refusalOf(path);
    expect(said).toContain(`${path} is sound up to position ${soundUpTo}: `);
    expect(said).toContain(why);
    const onDamage = vi.fn();
    const store = await openSqliteStore(path, { onDamage });
    expect(onDamage).toHaveBeenCalled();
    await expect(store.append([write('new-1', 'no_stream', newEvents(1))])).rejects.toMatchObject({
      code: 'damaged',
    });
    await store.close();
    await expect(checkLogFile(path)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('another event is where the seal says that its last one is', async () => {
    const path = await makeSealedLog();
    const other = freshPath();
    const store = await openSqliteStore(other);
    await append(store, 'wallet-ann', 'no_stream', newEvents(40));
    await store.close();
    alter(
      path,
      `ATTACH '${other}' AS other;
       DELETE FROM events WHERE position <= 40;
       INSERT INTO events SELECT * FROM other.events`,
    );
    const said = await refusalOf(path);
    expect(said).toContain(`${path} is sound up to position 0: Seal 1 was made when event `);
  });

  it('an event was put in, with a checksum of its own', async () => {
    for (const previous of [80, 81]) {
      const path = await makeSealedLog();
      const row: EventRow = [122, 3, 40, previous, 1, '0'.repeat(32), 'Happened', '{}', 0];
      const sum = checksumOf(sumOfName('wallet-bob'), row);
      alter(
        path,
        `INSERT INTO events SELECT 122, number, 40, ${previous}, 1, zeroblob(16), 'Happened', '{}', ${sum}
         FROM streams WHERE name = 'wallet-bob';
         UPDATE heads SET revision = 40, position = 122 WHERE stream = ${numberOf('wallet-bob')};
         UPDATE tip SET position = 122`,
      );
      if (previous === 81) await (await openSqliteStore(path)).close();
      else expect(await refusalOf(path)).toContain('up to position 121: Event 40 of wallet-bob is not where');
    }
  });

  it('the last of several seals does not fit, an earlier one does', async () => {
    const path = freshPath();
    const store = await openSqliteStore(path);
    await append(store, 'wallet-ann', 'no_stream', newEvents(10));
    await seal(store, -1);
    const wrong = { number: 2, events: 5, lastEvent: randomUUID() };
    await append(store, 'seals', 0, [{ id: randomUUID(), type: 'LogSealed', data: wrong }]);
    await store.close();
    expect(await refusalOf(path)).toContain('is sound up to position 10: Seal 2 was made');
  });
});

it('what lies before the last seal is not looked at when the log is opened, but when read', async () => {
  const path = await makeSealedLog();
  alter(path, `UPDATE events SET data = '{}' WHERE position = 20`);
  const store = await openSqliteStore(path);
  await expect(readWholeLog(store)).rejects.toMatchObject({ code: 'damaged', readOnAfter: '20' });
  await append(store, 'wallet-ann', 79, newEvents(1));
  await store.close();
  await expect(checkLogFile(path)).rejects.toThrow('is sound up to position 19: ');
});

it('events of other kinds in the stream of seals are no seals', async () => {
  const path = freshPath();
  const store = await openSqliteStore(path);
  await append(store, 'wallet-ann', 'no_stream', newEvents(5));
  await append(store, 'seals', 'no_stream', newEvents(1));
  await store.close();
  await (await openSqliteStore(path)).close();
  alter(path, `UPDATE events SET data = '{}' WHERE position = 2`);
  expect(await refusalOf(path)).toContain('up to position 1: ');
});

it('a stream that is there never looks as if it were not, however old it is', async () => {
  const path = freshPath();
  const store = await openSqliteStore(path);
  await append(store, 'wallet-old', 'no_stream', newEvents(40));
  await append(store, 'wallet-bob', 'no_stream', newEvents(1));
  await seal(store, -1);
  await store.close();
  const old = numberOf('wallet-old');
  for (const sql of [
    `UPDATE streams SET name = 'wallet-eve' WHERE name = 'wallet-old'`,
    `DELETE FROM streams WHERE name = 'wallet-old'`,
    `UPDATE heads SET revision = 5 WHERE stream = ${old}`,
    `UPDATE heads SET position = 20 WHERE stream = ${old}`,
    `DELETE FROM heads WHERE stream = ${old}`,
  ]) {
    const copy = freshPath();
    copyFileSync(path, copy);
    alter(copy, sql);
    const opened = await openSqliteStore(copy);
    const code = { code: 'damaged' };
    await expect(opened.readStream('wallet-old', { limit: 1 }), sql).rejects.toMatchObject(code);
    const appended = opened.append([write('wallet-old', 'no_stream', newEvents(1))]);
    await expect(appended, sql).rejects.toMatchObject(code);
    expect(await opened.readStream('wallet-none', { limit: 1 })).toEqual({ exists: false });
    await opened.close();
    await expect(checkLogFile(copy), sql).rejects.toMatchObject(code);
  }
});

it('a file that lacks any of its last bytes is refused, with the place up to which it is sound', async () => {
  const path = await makeSealedLog();
  const { size } = statSync(path);
  for (const lost of [1, 17, 1_000, 4_095, 4_096, 4_097, 20_000, size - 5_000]) {
    const copy = freshPath();
    copyFileSync(path, copy);
    truncateSync(copy, size - lost);
    expect(await refusalOf(copy), `${lost} bytes less`).toContain('is sound up to position ');
  }
});

it('a file that is longer than it says is refused', async () => {
  const path = await makeSealedLog();
  truncateSync(path, statSync(path).size + 4_096);
  expect(await refusalOf(path)).toContain('and should have');
});

it('a large log opens in a fraction of the time once it is sealed', async () => {
  const path = freshPath();
  const store = await openSqliteStore(path);
  for (let last = -1; last < 29_999; last += 500) {
    await append(store, 'wallet-ann', last < 0 ? 'no_stream' : last, newEvents(500));
  }
  await store.close();
  const openAndClose = async (): Promise<void> => (await openSqliteStore(path)).close();
  const unsealedMs = await medianMs(5, openAndClose);
  const sealing = await openSqliteStore(path);
  await seal(sealing, -1);
  await sealing.close();
  expect(await medianMs(5, openAndClose)).toBeLessThan(unsealedMs / 3);
});

it('a log of the version before is brought up to date, and then proved like any other', async () => {
  const path = await makeSealedLog();
  const store = await openSqliteStore(path);
  const events = await readWholeLog(store);
  await store.close();
  alter(path, 'DROP TABLE tip; DROP TABLE names; PRAGMA user_version = 1');
  const upgraded = await openSqliteStore(path);
  expect(await readWholeLog(upgraded)).toEqual(events);
  await append(upgraded, 'wallet-ann', 79, newEvents(1));
  await append(upgraded, 'wallet-eve', 'no_stream', newEvents(1));
  await upgraded.close();
  expect(await checkLogFile(path)).toMatchObject({ events: 123, last: { position: '123' } });
});
