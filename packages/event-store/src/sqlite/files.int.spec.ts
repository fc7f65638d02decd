import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it, vi } from 'vitest';
import {
  append,
  expectError,
  medianMs,
  newEvent,
  newEvents,
  readWholeLog,
  stored,
  write,
} from '../laws/fixtures.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const freshPath = (): string => {
  files += 1;
  return join(folder, `${files}.db`);
};

const makeLog = async (path: string, events: number): Promise<void> => {
  const store = await openSqliteStore(path);
  if (events > 0) await append(store, 'a-1', 'no_stream', newEvents(events));
  await store.close();
};

const alter = (path: string, sql: string): void => {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
};

it('refuses what is no log, in one sentence, and leaves it as it is', async () => {
  const text = freshPath();
  writeFileSync(text, 'Dear diary, '.repeat(100));
  const foreign = freshPath();
  alter(foreign, 'CREATE TABLE theirs (x)');
  const newer = freshPath();
  await makeLog(newer, 3);
  alter(newer, 'PRAGMA user_version = 3');
  for (const path of [text, foreign, newer, folder, join(folder, 'no', 'folder.db')]) {
    const error = await openSqliteStore(path).catch((reason: unknown) => reason);
    expect(error, path).toMatchObject({ name: 'EventStoreError', code: 'not_a_log' });
    expect((error as Error).message).toMatch(/^[^\n]+\.$/);
    expect((error as Error).message).toContain(path);
    expect((error as Error).message.includes('it was written by a newer one'), path).toBe(path === newer);
    expect((error as Error).message.includes('of another application'), path).toBe(path === foreign);
  }
  const theirs = new DatabaseSync(foreign);
  expect(theirs.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
  theirs.close();
});

it('notices another log in its place, and goes on with that', async () => {
  const [path, other] = [freshPath(), freshPath()];
  await makeLog(path, 5);
  await makeLog(other, 2);
  const store = await openSqliteStore(path);
  const before = await readWholeLog(store);
  const listener = vi.fn();
  store.onMore(listener);
  await append(store, 'a-1', 4, newEvents(1));
  await vi.waitFor(() => expect(listener).toHaveBeenCalled());
  listener.mockClear();
  for (const rest of ['-wal', '-shm']) rmSync(`${path}${rest}`, { force: true });
  renameSync(other, path);
  await vi.waitFor(() => expect(listener).toHaveBeenCalled(), { timeout: 3_000 });
  expect(await store.head()).toMatchObject({ position: '2' });
  expect(await store.eventAt(before[0]?.position ?? ('' as never))).not.toBe(before[0]?.id);
  expect(await store.append([write('a-1', 5, newEvents(1))])).toEqual({
    appended: false,
    conflicts: [{ stream: 'a-1', expected: 5, actual: 1 }],
  });
  await append(store, 'a-1', 1, newEvents(1));
  await store.close();
  const again = await openSqliteStore(path);
  expect(await readWholeLog(again)).toHaveLength(3);
  await again.close();
});

it('acknowledges nothing while the file is gone or empty, and goes on when it is back', async () => {
  const [path, aside] = [freshPath(), freshPath()];
  const store = await openSqliteStore(path);
  await append(store, 'a-1', 'no_stream', newEvents(1));
  renameSync(path, aside);
  await expectError(store.append([write('a-1', 0, newEvents(1))]), 'unavailable');
  await expectError(store.head(), 'unavailable');
  await expectError(store.readAll({ limit: 1 }), 'unavailable');
  expect(existsSync(path)).toBe(false);
  renameSync(aside, path);
  await append(store, 'a-1', 0, newEvents(1));
  copyFileSync(path, aside);
  renameSync(path, freshPath());
  writeFileSync(path, '');
  await expectError(store.append([write('a-1', 1, newEvents(1))]), 'not_a_log');
  await store.close();
});

it('does not know the outcome where the file is taken away in the midst of a commit', async () => {
  const [path, aside] = [freshPath(), freshPath()];
  let inTheMidst = (): void => {};
  const now = (): number => {
    inTheMidst();
    return Date.now();
  };
  const store = await openSqliteStore(path, { now });
  await append(store, 'a-1', 'no_stream', newEvents(1));
  const writes = [write('a-1', 0, newEvents(1))];
  inTheMidst = () => renameSync(path, aside);
  await expectError(store.append(writes), 'outcome_unknown');
  inTheMidst = () => {};
  renameSync(aside, path);
  expect(await store.append(writes)).toMatchObject({ appended: true, revisions: [1] });
  expect(await readWholeLog(store)).toHaveLength(2);
  await store.close();
});

it('waits for another process that writes, without blocking its own', async () => {
  const path = freshPath();
  const store = await openSqliteStore(path);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const events = newEvents(1);
  let settled = false;
  const appended = append(store, 'a-1', 'no_stream', events).finally(() => {
    settled = true;
  });
  for (let turn = 0; turn < 50; turn += 1) {
    const since = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(performance.now() - since).toBeLessThan(200);
    expect(await store.head()).toBeUndefined();
  }
  expect(settled).toBe(false);
  other.exec('ROLLBACK');
  await appended;
  expect(await readWholeLog(store)).toEqual(stored('a-1', 0, events));
  other.close();
  await store.close();
});

it('a full file refuses what does not fit, whole, and what was there stays readable', async () => {
  const path = freshPath();
  const store = await openSqliteStore(path, { maxPages: 60 });
  const fits = newEvents(2);
  await append(store, 'a-1', 'no_stream', fits);
  const large = Array.from({ length: 8 }, () => newEvent({ large: 'x'.repeat(100_000) }));
  await expectError(store.append([write('a-2', 'no_stream', large)]), 'unavailable');
  expect(await readWholeLog(store)).toEqual(stored('a-1', 0, fits));
  const small = newEvents(1);
  await append(store, 'a-1', 1, small);
  await store.close();
  const roomy = await openSqliteStore(path);
  expect(await roomy.append([write('a-2', 'no_stream', large)])).toMatchObject({
    appended: true,
    revisions: [7],
  });
  expect((await readWholeLog(roomy)).slice(0, 3)).toEqual(stored('a-1', 0, [...fits, ...small]));
  await roomy.close();
});

it('wakes others soon also where no doorbell can be hung', async () => {
  const path = freshPath();
  mkdirSync(`${path}-bell`);
  const [one, two] = [await openSqliteStore(path), await openSqliteStore(path)];
  const listener = vi.fn();
  two.onMore(listener);
  const delay = await medianMs(5, async (place) => {
    listener.mockClear();
    await append(one, 'a-1', place === 0 ? 'no_stream' : place - 1, newEvents(1));
    await vi.waitFor(() => expect(listener).toHaveBeenCalled(), { timeout: 5_000, interval: 1 });
  });
  expect(delay).toBeLessThan(300);
  await one.close();
  await two.close();
});

it('hangs the doorbell again where it was taken away', async () => {
  const path = freshPath();
  const [one, two] = [await openSqliteStore(path), await openSqliteStore(path)];
  const listener = vi.fn();
  two.onMore(listener);
  rmSync(`${path}-bell`);
  await append(one, 'a-1', 'no_stream', newEvents(1));
  await vi.waitFor(() => expect(listener).toHaveBeenCalled(), { timeout: 3_000 });
  await vi.waitFor(() => expect(existsSync(`${path}-bell`)).toBe(true), { timeout: 3_000 });
  await one.close();
  await two.close();
});
