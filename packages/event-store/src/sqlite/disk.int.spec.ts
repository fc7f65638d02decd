import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newEvent, readWholeLog, write } from '../laws/fixtures.ts';
import type { EventStore, EventStoreError } from '../port.ts';
import { checkLogFile } from './check.ts';
import { openSqliteStore } from './store.ts';
import { answered, start, stop } from './testing/children.ts';
import { mountSmallDisk } from './testing/small-disk.ts';
import { failingSyncs, needStrace } from './testing/strace.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-disks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const eventOf = (bytes: number) => newEvent({ filler: 'x'.repeat(bytes) });

/** Appends until it is refused. @returns how many events are there, and the refusal */
const appendUntilRefused = async (store: EventStore, from: number) => {
  for (let last = from; ; last += 1) {
    try {
      await store.append([write('a-1', last < 0 ? 'no_stream' : last, [eventOf(20_000)])]);
    } catch (error) {
      return { events: last + 1, error: error as EventStoreError };
    }
  }
};

it('a full disk refuses appends, reads go on, and so do appends once there is room', async () => {
  const disk = mountSmallDisk(4 * 1024 * 1024);
  if (disk === undefined) return;
  const ballast = join(disk.folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(1024 * 1024));
  const path = join(disk.folder, 'log.db');
  const store = await openSqliteStore(path);
  try {
    const { events, error } = await appendUntilRefused(store, -1);
    expect(error).toMatchObject({ name: 'EventStoreError', code: 'unavailable' });
    expect(error.message).toBe(
      'Nothing was written: the disk, or the room that this file may take, is full.',
    );
    for (let times = 0; times < 20; times += 1) {
      expect((await appendUntilRefused(store, events - 1)).events).toBe(events);
    }
    expect(await readWholeLog(store)).toHaveLength(events);
    const other = await openSqliteStore(path);
    expect(await readWholeLog(other)).toHaveLength(events);
    await other.close();
    rmSync(ballast);
    const later = await appendUntilRefused(store, events - 1);
    expect(later.events).toBeGreaterThan(events + 10);
    expect(await readWholeLog(store)).toHaveLength(later.events);
    await store.close();
    expect(await checkLogFile(path)).toMatchObject({ events: later.events });
  } finally {
    await store.close();
    disk.remove();
  }
});

describe('an fsync that fails', () => {
  beforeAll(needStrace);

  /** Appends in another process until the disk no longer confirms, and proves what it says and leaves. */
  const proveEnd = async (path: string, failing: string): Promise<void> => {
    await (await openSqliteStore(path)).close();
    const appender = await start(path, 'faults', 'unlucky', failingSyncs(failing, 3));
    expect(await appender.exited).toBe(1);
    expect(appender.complained()).toMatch(
      new RegExp(`^The disk did not confirm what was written to ${path}: [^\\n]+\\.\\n$`),
    );
    const acknowledged = answered(appender.said);
    expect(appender.said).toHaveLength(acknowledged.length + 1);
    const store = await openSqliteStore(path);
    const ids = (await readWholeLog(store)).map(({ id }) => id);
    await store.close();
    expect(ids.slice(0, acknowledged.length)).toEqual(acknowledged.flatMap((answer) => answer.ids));
    const again = await start(path, 'append', 'again');
    await vi.waitFor(() => expect(answered(again.said).length).toBeGreaterThan(5), { timeout: 20_000 });
    await stop(again);
  };

  it('of the write-ahead log ends the process: nothing that waited for it is answered', async () => {
    const path = join(folder, 'wal.db');
    await proveEnd(path, `${path}-wal`);
  });

  it('of the file, when the write-ahead log is moved into it, ends the process too', async () => {
    const path = join(folder, 'file.db');
    await proveEnd(path, path);
  });
});

it('the write-ahead log is moved into the file as it grows, and does not grow for ever', async () => {
  const path = join(folder, 'moved.db');
  const store = await openSqliteStore(path);
  const size = (ending: string): number => statSync(path + ending, { throwIfNoEntry: false })?.size ?? 0;
  for (let last = -1; last < 600; last += 1) {
    await store.append([write('a-1', last < 0 ? 'no_stream' : last, [eventOf(20_000)])]);
  }
  await vi.waitFor(() => expect(size('')).toBeGreaterThan(8_000_000), { timeout: 5_000 });
  expect(size('-wal')).toBeLessThan(8_000_000);
  await store.close();
  expect(size('-wal')).toBe(0);
});
