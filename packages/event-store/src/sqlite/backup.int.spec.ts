import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { append, newEvent, newEvents, readWholeLog } from '../laws/fixtures.ts';
import { backUpLog } from './backup.ts';
import { restoreLog } from './restore.ts';
import { openSqliteStore } from './store.ts';
import { answered, kill, start, stop } from './testing/children.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let logs = 0;
/** A folder of its own with a log of so many events. */
const makeLog = async (events: number, chars = 10) => {
  logs += 1;
  const place = mkdtempSync(join(folder, `${logs}-`));
  const path = join(place, 'log.db');
  const store = await openSqliteStore(path);
  for (let last = -1; last < events - 1; last += 40) {
    const some = Array.from({ length: Math.min(40, events - 1 - last) }, () =>
      newEvent({ filler: 'x'.repeat(chars) }),
    );
    await append(store, 'a-1', last < 0 ? 'no_stream' : last, some);
  }
  const log = await readWholeLog(store);
  await store.close();
  return { place, path, log, to: join(place, 'copy.db') };
};

const readFrom = async (path: string) => {
  const store = await openSqliteStore(path);
  const log = await readWholeLog(store);
  await store.close();
  return log;
};

const alter = (path: string, sql: string): void => {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
};

const mayReplace = false;
const yes = async (): Promise<boolean> => true;
const now = (): number => Date.UTC(2026, 10, 23, 9, 30);

describe('a backup', () => {
  it('is the log as it is at one moment, while two processes append', async () => {
    const { place, path, to } = await makeLog(4_000, 2_000);
    const appenders = [await start(path, 'fast', 'one'), await start(path, 'fast', 'two')];
    const count = (): number => appenders.reduce((sum, { said }) => sum + answered(said).length, 0);
    await vi.waitFor(() => expect(count()).toBeGreaterThan(50), { timeout: 20_000 });
    const before = count();
    const steps: [step: string, done: number][] = [];
    const onProgress = (step: string, done: number): number => steps.push([step, done]);
    const copied = await backUpLog(path, to, { mayReplace, onProgress });
    expect(count()).toBeGreaterThan(before);
    await Promise.all(appenders.map(stop));
    const [copy, log] = [await readFrom(to), await readFrom(path)];
    expect(copy).toEqual(log.slice(0, copy.length));
    expect(copy.length).toBeGreaterThanOrEqual(4_000 + before);
    const { position, id, created } = copy.at(-1)!;
    expect(copied).toEqual({
      events: copy.length,
      last: { position, id, created },
      bytes: expect.any(Number),
    });
    const pages = steps.filter(([step]) => step === 'copied').map(([, done]) => done);
    expect(pages.length).toBeGreaterThan(3);
    // Nothing of it was copied twice, however much was appended meanwhile.
    expect(pages).toEqual(pages.toSorted((one, other) => one - other));
    expect(steps.at(-1)?.[0]).toBe('checked');
    expect(
      readdirSync(place)
        .filter((name) => name.startsWith('copy'))
        .sort(),
    ).toEqual(['copy.db', 'copy.db-bell', 'copy.db-open']);
  });

  it('of an empty log is an empty log', async () => {
    const { path, to } = await makeLog(0);
    expect(await backUpLog(path, to, { mayReplace })).toMatchObject({ events: 0, last: undefined });
    expect(await readFrom(to)).toEqual([]);
  });

  it('replaces a file only where that is said, and then at once', async () => {
    const { path, log, to } = await makeLog(10);
    writeFileSync(to, 'something else');
    await expect(backUpLog(path, to, { mayReplace })).rejects.toMatchObject({ code: 'invalid_input' });
    writeFileSync(`${to}-wal`, 'left over');
    await backUpLog(path, to, { mayReplace: true });
    expect(existsSync(`${to}-wal`)).toBe(false);
    expect(await readFrom(to)).toEqual(log);
    await expect(backUpLog(path, path, { mayReplace: true })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('of a damaged log is none, however old the damage is', async () => {
    const { place, path, to } = await makeLog(100);
    alter(path, `UPDATE events SET data = '{}' WHERE position = 7`);
    await expect(backUpLog(path, to, { mayReplace })).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringMatching(new RegExp(`^${path} is sound up to position 6: `)),
    });
    expect(readdirSync(place).filter((name) => name.startsWith('copy'))).toEqual([]);
  });

  it('of nothing makes nothing', async () => {
    const { place, to } = await makeLog(0);
    const none = join(place, 'none.db');
    await expect(backUpLog(none, to, { mayReplace })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(backUpLog(join(place, 'no', 'log.db'), to, { mayReplace })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(existsSync(none)).toBe(false);
  });

  it('that is called off leaves nothing behind', async () => {
    const { place, path, to } = await makeLog(3_000, 2_000);
    const calledOff = new AbortController();
    const reason = new Error('enough');
    const onProgress = (): void => calledOff.abort(reason);
    const copying = backUpLog(path, to, { mayReplace, signal: calledOff.signal, onProgress });
    await expect(copying).rejects.toBe(reason);
    expect(readdirSync(place).filter((name) => name.startsWith('copy'))).toEqual([]);
  });
});

describe('restoring', () => {
  it('puts a backup in the place of the log, and keeps the one that was there', async () => {
    const { path, log, to } = await makeLog(50);
    await backUpLog(path, to, { mayReplace });
    const store = await openSqliteStore(path);
    await append(store, 'a-1', 49, newEvents(5));
    const longer = await readWholeLog(store);
    await store.close();
    const asked = vi.fn(yes);
    const restored = await restoreLog(path, to, { now, mayReplace: asked });
    const last = { position: '50', id: log[49]!.id, created: log[49]!.created };
    expect(restored).toEqual({ events: 50, last, replaced: `${path}.replaced-2026-11-23T09-30-00.000Z` });
    expect(asked).toHaveBeenCalledExactlyOnceWith({ events: 50, last });
    expect(await readFrom(path)).toEqual(log);
    expect(await readFrom(restored!.replaced!)).toEqual(longer);
    expect(await readFrom(to)).toEqual(log);
    const again = await restoreLog(path, to, { now, mayReplace: yes });
    expect(again?.replaced).toBe(`${restored!.replaced}-2`);
  });

  it('makes a log where none was, and the folders it lies in', async () => {
    const { place, path, log } = await makeLog(3);
    const elsewhere = join(place, 'some', 'where', 'log.db');
    const asked = vi.fn(yes);
    expect(await restoreLog(elsewhere, path, { now, mayReplace: asked })).toMatchObject({
      events: 3,
      replaced: undefined,
    });
    expect(asked).not.toHaveBeenCalled();
    expect(await readFrom(elsewhere)).toEqual(log);
  });

  it('changes nothing where that is not wanted', async () => {
    const { place, path, log, to } = await makeLog(3);
    await backUpLog(path, to, { mayReplace });
    alter(to, `UPDATE heads SET position = position`);
    const before = readdirSync(place);
    expect(await restoreLog(path, to, { now, mayReplace: async () => false })).toBeUndefined();
    expect(readdirSync(place).sort()).toEqual([...new Set([...before, 'log.db-open'])].sort());
    expect(await readFrom(path)).toEqual(log);
  });

  it('is refused while anyone has the log open, in this process or in another', async () => {
    const { path, log, to } = await makeLog(20);
    await backUpLog(path, to, { mayReplace });
    const restore = () => restoreLog(path, to, { now, mayReplace: yes });
    const inUse = { code: 'unavailable', message: expect.stringContaining('is open in another process') };
    const store = await openSqliteStore(path);
    await expect(restore()).rejects.toMatchObject(inUse);
    await store.close();
    const listener = await start(path, 'listen', 'listener');
    await expect(restore()).rejects.toMatchObject(inUse);
    await kill(listener);
    expect(await restore()).toMatchObject({ events: 20 });
    const foreign = new DatabaseSync(path);
    foreign.exec('PRAGMA journal_mode = WAL');
    foreign.prepare('SELECT count(*) FROM events').get();
    await expect(restore()).rejects.toMatchObject({ code: 'unavailable' });
    foreign.close();
    expect(await readFrom(path)).toEqual(log);
  });

  it('keeps everyone out while it goes on', async () => {
    const { path, to } = await makeLog(20);
    await backUpLog(path, to, { mayReplace });
    let opened: Promise<unknown> | undefined;
    let isOpen = false;
    const whileAsked = async (): Promise<boolean> => {
      opened = openSqliteStore(path).then(async (store) => {
        isOpen = true;
        expect(await readWholeLog(store)).toHaveLength(20);
        await store.close();
      });
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(isOpen).toBe(false);
      return true;
    };
    await restoreLog(path, to, { now, mayReplace: whileAsked });
    await opened;
    expect(isOpen).toBe(true);
  });

  it('is refused where the file is damaged, cut, or no log, and leaves the log alone', async () => {
    const { place, path, log, to } = await makeLog(100);
    await backUpLog(path, to, { mayReplace });
    const [altered, cut, text] = ['altered.db', 'cut.db', 'text.db'].map((name) => join(place, name)) as [
      string,
      string,
      string,
    ];
    copyFileSync(to, altered);
    alter(altered, `UPDATE events SET data = '{}' WHERE position = 9`);
    copyFileSync(to, cut);
    truncateSync(cut, 20_000);
    writeFileSync(text, 'Dear diary, '.repeat(1_000));
    for (const [file, code] of [
      [altered, 'damaged'],
      [cut, 'damaged'],
      [text, 'not_a_log'],
      [join(place, 'none.db'), 'unavailable'],
      [path, 'invalid_input'],
    ] as const) {
      const asked = vi.fn(yes);
      const error: unknown = await restoreLog(path, file, { now, mayReplace: asked }).catch(
        (e: unknown) => e,
      );
      expect(error, file).toMatchObject({ code, message: expect.stringContaining(file) });
      expect(asked).not.toHaveBeenCalled();
    }
    expect(await readFrom(path)).toEqual(log);
    expect(readdirSync(place).filter((name) => name.includes('part'))).toEqual([]);
  });

  it('replaces a log that is damaged, and keeps that as it is, with its write-ahead log', async () => {
    const { path, log, to } = await makeLog(100);
    await backUpLog(path, to, { mayReplace });
    const appender = await start(path, 'fast', 'killed');
    await vi.waitFor(() => expect(answered(appender.said).length).toBeGreaterThan(20), { timeout: 20_000 });
    await kill(appender);
    const wal = readFileSync(`${path}-wal`);
    writeFileSync(path, 'no log any more');
    const restored = await restoreLog(path, to, { now, mayReplace: yes });
    expect(await readFrom(path)).toEqual(log);
    expect(readFileSync(restored!.replaced!, 'utf8')).toBe('no log any more');
    expect(readFileSync(`${restored!.replaced}-wal`)).toEqual(wal);
  });

  it('takes a copied log with what its own write-ahead log holds', async () => {
    const { place, path, to } = await makeLog(10);
    const appender = await start(path, 'fast', 'killed');
    await vi.waitFor(() => expect(answered(appender.said).length).toBeGreaterThan(20), { timeout: 20_000 });
    await kill(appender);
    for (const ending of ['', '-wal']) copyFileSync(path + ending, to + ending);
    const restored = await restoreLog(join(place, 'new.db'), to, { now, mayReplace: yes });
    expect(restored?.events).toBe((await readFrom(path)).length);
  });
});
