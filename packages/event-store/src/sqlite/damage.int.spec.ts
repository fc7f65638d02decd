import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { append, newEvent, newEvents, readWholeLog, write } from '../laws/fixtures.ts';
import { openEventStore } from '../open.ts';
import { type EventStore, EventStoreError, type LogPage, type Position, type StoredEvent } from '../port.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-damage-'));
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

/** Six events, of wallet-ann, -ann, -bob, -bob, -ann, and live-one. */
const makeLog = async (path: string) => {
  const store = await openSqliteStore(path);
  await append(store, 'wallet-ann', 'no_stream', newEvents(2));
  await append(store, 'wallet-bob', 'no_stream', newEvents(2));
  await append(store, 'wallet-ann', 1, newEvents(1));
  await append(store, 'live-one', 'no_stream', newEvents(1));
  return store;
};

const failureOf = async (attempt: Promise<unknown>): Promise<EventStoreError> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EventStoreError)) throw new Error(`not refused: ${String(error)}`);
  expect(error.code).toBe('damaged');
  expect(error.message).toMatch(/^[^\n]+\.$/);
  return error;
};

/** Reads the whole log, over all that is damaged; says what was sound, and what was said of the rest. */
const readOver = async (store: EventStore, limit: number, prefixes?: readonly string[]) => {
  const events: StoredEvent[] = [];
  const said: string[] = [];
  let page: LogPage | undefined;
  let after: Position | undefined;
  do {
    try {
      page = await store.readAll({ after, limit, ...(prefixes && { prefixes }) });
      events.push(...page.events);
      after = page.upTo;
    } catch (error) {
      const { code, message, readOnAfter } = error as EventStoreError;
      expect(code).toBe('damaged');
      expect(readOnAfter).toBeDefined();
      said.push(message);
      after = readOnAfter;
    }
  } while (!page?.atHead);
  return { positions: events.map(({ position }) => position), said };
};

const alterations: [what: string, set: string][] = [
  ['data', `data = '{"place":7}'`],
  ['data that is no JSON any more', `data = '{"place":'`],
  ['type', `type = 'Another'`],
  ['created', 'created = created + 1'],
  ['created, beyond 2^53', 'created = 9223372036854775807'],
  ['id', `id = unhex('00000000000040008000000000000001')`],
  ['id, to something shorter', `id = x'01'`],
  ['stream', `stream = (SELECT number FROM streams WHERE name = 'wallet-ann')`],
  ['stream, to one that is none', 'stream = 99'],
  ['revision', 'revision = 5'],
  ['place of the event before', 'previous = 1'],
  ['checksum', 'checksum = checksum + 1'],
];

describe.each(alterations)('an event whose %s was altered by hand', (_, set) => {
  it('is never handed on by a read of the log; what is before and after it is', async () => {
    const path = freshPath();
    const store = await makeLog(path);
    alter(path, `UPDATE events SET ${set} WHERE position = 4`);
    for (const limit of [1, 2, 100]) {
      const { positions, said } = await readOver(store, limit);
      expect(positions).toEqual(['1', '2', '3', '5', '6']);
      expect(said).toEqual([expect.stringMatching(/^The event at position 4, /)]);
    }
    const before = await store.readAll({ limit: 100 });
    expect(before).toMatchObject({ upTo: '3', atHead: false });
    expect(await failureOf(store.readAll({ after: '3' as Position, limit: 1 }))).toMatchObject({
      readOnAfter: '4',
    });
    await store.close();
  });

  it('is never handed on by a read of its stream; what is before it is', async () => {
    const path = freshPath();
    const store = await makeLog(path);
    alter(path, `UPDATE events SET ${set} WHERE position = 4`);
    for (const direction of ['forwards', 'backwards'] as const) {
      const { message } = await failureOf(store.readStream('wallet-bob', { limit: 9, direction }));
      expect(message).toMatch(/position 4|Event 1 of wallet-bob/);
    }
    const first = store.readStream('wallet-bob', { limit: 1 });
    // It cannot be found where the way back to it is what was altered, nor told where its stream ends.
    if (/^(previous|stream|revision)/.test(set))
      expect((await failureOf(first)).message).toMatch(/position 4|Event 0 of wallet-bob/);
    else expect(await first).toMatchObject({ exists: true, last: 1 });
    expect(await store.readStream('wallet-ann', { limit: 9 })).toMatchObject({ exists: true, last: 2 });
    await store.close();
  });

  it('is no proof that an append was written before, and in the way of no other', async () => {
    const path = freshPath();
    const store = await openSqliteStore(path);
    const writes = [write('wallet-bob', 'no_stream', newEvents(3))];
    await append(store, 'wallet-ann', 'no_stream', newEvents(1));
    await store.append(writes);
    alter(path, `UPDATE events SET ${set} WHERE position = 3`);
    const other = [write('live-one', 'no_stream', newEvents(1))];
    const [again, beside] = await Promise.allSettled([store.append(writes), store.append(other)]);
    expect(again).toMatchObject({ status: 'rejected', reason: { code: 'damaged' } });
    expect(beside).toMatchObject({ status: 'fulfilled', value: { appended: true } });
    await store.close();
  });
});

it('names an altered event, and the stream that it says it is of', async () => {
  const path = freshPath();
  const store = await makeLog(path);
  alter(path, `UPDATE events SET data = '{}' WHERE position = 4`);
  expect((await readOver(store, 10)).said).toEqual([
    'The event at position 4, Happened 1 of wallet-bob by its own account, is not what was written: ' +
      'its checksum does not fit.',
  ]);
  await store.close();
});

it('finds an altered event among those that a filter lets through', async () => {
  const path = freshPath();
  const store = await makeLog(path);
  alter(path, `UPDATE events SET data = '{}' WHERE position = 4`);
  expect(await readOver(store, 10, ['wallet-'])).toMatchObject({
    positions: ['1', '2', '3', '5'],
    said: [expect.stringContaining('position 4')],
  });
  expect(await readOver(store, 10, ['live-'])).toEqual({ positions: ['6'], said: [] });
  await store.close();
});

it('finds every event of a stream that was renamed', async () => {
  const path = freshPath();
  await (await makeLog(path)).close();
  alter(path, `UPDATE streams SET name = 'wallet-eve' WHERE name = 'wallet-bob'`);
  const store = await openSqliteStore(path, { onDamage: () => {} });
  const { positions, said } = await readOver(store, 10);
  expect(positions).toEqual(['1', '2', '5', '6']);
  expect(said).toEqual([
    expect.stringContaining('position 3, Happened 0 of wallet-eve'),
    expect.stringContaining('position 4, Happened 1 of wallet-eve'),
  ]);
  await failureOf(store.readStream('wallet-eve', { limit: 1 }));
  await store.close();
});

it('finds events that were taken out, whatever else a filter leaves out', async () => {
  const path = freshPath();
  const store = await makeLog(path);
  alter(path, 'DELETE FROM events WHERE position IN (3, 4)');
  for (const prefixes of [undefined, ['wallet-ann'], ['live-']]) {
    expect((await readOver(store, 10, prefixes)).said).toEqual(['The events at positions 3 to 4 are gone.']);
  }
  expect((await readOver(store, 1)).positions).toEqual(['1', '2', '5', '6']);
  const { message } = await failureOf(store.readStream('wallet-bob', { limit: 1 }));
  expect(message).toContain('Event 1 of wallet-bob');
  await store.close();
});

it('finds an event that was moved to another place', async () => {
  const path = freshPath();
  const store = await makeLog(path);
  alter(path, 'UPDATE events SET position = 9 WHERE position = 2');
  const { positions, said } = await readOver(store, 10);
  expect(positions).toEqual(['1', '3', '4', '5', '6']);
  expect(said).toEqual([
    'The event at position 2 is gone.',
    'The events at positions 7 to 8 are gone.',
    expect.stringContaining('position 9'),
  ]);
  await store.close();
});

it('finds an event that another hand has put in', async () => {
  const path = freshPath();
  const store = await makeLog(path);
  alter(
    path,
    `INSERT INTO events SELECT 7, stream, revision + 1, 6, created, randomblob(16), type, data, checksum
     FROM events WHERE position = 6`,
  );
  expect((await readOver(store, 10)).said).toEqual([expect.stringContaining('position 7')]);
  await store.close();
});

it('finds a stream whose end or whose marks are lost', async () => {
  const path = freshPath();
  const store = await openSqliteStore(path);
  await append(store, 'wallet-ann', 'no_stream', newEvents(40));
  await append(store, 'wallet-bob', 'no_stream', newEvents(1));
  await append(store, 'wallet-eve', 'no_stream', newEvents(1));
  alter(
    path,
    `DELETE FROM marks;
     DELETE FROM heads WHERE stream = (SELECT number FROM streams WHERE name = 'wallet-bob');
     UPDATE heads SET position = 1 WHERE stream = (SELECT number FROM streams WHERE name = 'wallet-eve')`,
  );
  expect((await failureOf(store.readStream('wallet-ann', { limit: 1 }))).message).toContain('Event 0');
  expect(await store.readStream('wallet-ann', { from: 35, limit: 1 })).toMatchObject({ exists: true });
  expect((await failureOf(store.readStream('wallet-bob', { limit: 1 }))).message).toContain(
    'wallet-bob ends',
  );
  await failureOf(store.readStream('wallet-eve', { limit: 1 }));
  await store.close();
  await failureOf(openSqliteStore(path));
  const again = await openSqliteStore(path, { onDamage: () => {} });
  await failureOf(again.append([write('wallet-bob', 'no_stream', newEvents(1))]));
  expect(await readWholeLog(again)).toHaveLength(42);
  await again.close();
});

it.each([
  ['in the midst of its last events', 'DELETE FROM events WHERE position = 3'],
  ['at its very end', 'DELETE FROM events WHERE position = 6'],
])('does not open a log that lacks an event %s, unless asked to look on', async (_, sql) => {
  const path = freshPath();
  await (await makeLog(path)).close();
  alter(path, sql);
  expect((await failureOf(openSqliteStore(path))).message).toContain(path);
  const onDamage = vi.fn();
  const store = await openEventStore(`sqlite:${path}`, { onDamage });
  expect(onDamage).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'damaged' }));
  expect((await readOver(store, 10)).positions).toHaveLength(5);
  await store.close();
});

it('tells apart what is in several languages, and large numbers, and finds none of it altered', async () => {
  const path = freshPath();
  const store = await openSqliteStore(path);
  const events = ['Zürich', '🌹', '玫瑰', '\u0000', '\ud800'].map((text) =>
    newEvent({ text, number: 2 ** 53 - 1, half: 0.5 }),
  );
  await append(store, 'wallet-ann', 'no_stream', events);
  expect((await readWholeLog(store)).map(({ data }) => data)).toEqual(events.map(({ data }) => data));
  alter(path, `UPDATE events SET data = replace(data, 'ü', 'u') WHERE position = 1`);
  expect((await readOver(store, 10)).said).toHaveLength(1);
  await store.close();
});
