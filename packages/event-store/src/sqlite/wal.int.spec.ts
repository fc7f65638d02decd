import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { append, newEvent, newEvents, readWholeLog, write } from '../laws/fixtures.ts';
import type { EventStoreError, StoredEvent, StreamWrite } from '../port.ts';
import { checkLogFile } from './check.ts';
import { openSqliteStore } from './store.ts';
import { answered, kill, start } from './testing/children.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-wal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, 'killed.db');
const copy = join(folder, 'copy.db');
const walHeadBytes = 32;
const frameBytes = 24 + 4_096;
let file: Buffer;
let wal: Buffer;
let whole: readonly StoredEvent[];

/** What a process leaves that is killed while it appends: a file, and a write-ahead log ahead of it. */
beforeAll(async () => {
  const store = await openSqliteStore(path);
  await append(store, 'a-1', 'no_stream', newEvents(20));
  await store.close();
  const appender = await start(path, 'fast', 'killed');
  await vi.waitFor(() => expect(answered(appender.said).length).toBeGreaterThan(400), { timeout: 30_000 });
  await kill(appender);
  [file, wal] = [readFileSync(path), readFileSync(`${path}-wal`)];
  const again = await openSqliteStore(path);
  whole = await readWholeLog(again);
  await again.close();
  expect(whole.length).toBeGreaterThan(420);
}, 60_000);

/** Puts a file and a write-ahead log in place, with a bit of it flipped where that is said. */
const leave = (left: Buffer, of = file, flip?: number): void => {
  for (const ending of ['-shm', '-bell', '-open']) rmSync(copy + ending, { force: true });
  if (flip !== undefined) left[flip]! ^= 1;
  writeFileSync(copy, of);
  writeFileSync(`${copy}-wal`, left);
};

/**
 * The log is the one it was, up to some place, or it is refused. What goes on from there has other ids, so
 * that whoever knew more of it notices.
 * @returns how many events are left, or undefined where it is refused
 */
const proveShorterAtMost = async (): Promise<number | undefined> => {
  let store: Awaited<ReturnType<typeof openSqliteStore>>;
  try {
    store = await openSqliteStore(copy);
  } catch (error) {
    expect((error as EventStoreError).code).toBe('damaged');
    return undefined;
  }
  const left = await readWholeLog(store);
  expect(left).toEqual(whole.slice(0, left.length));
  const lost = whole[left.length];
  await append(store, 'new-1', 'no_stream', newEvents(1));
  if (lost) expect(await store.eventAt(lost.position)).not.toBe(lost.id);
  await store.close();
  await expect(checkLogFile(copy)).resolves.toMatchObject({ events: left.length + 1 });
  return left.length;
};

it('a damaged write-ahead log may shorten the log, and alters nothing', async () => {
  const lengths = new Set<number | undefined>();
  const bit = fc.nat(wal.length * 8 - 1).map((place) => {
    const altered = Buffer.from(wal);
    altered[place >> 3]! ^= 1 << (place & 7);
    return altered;
  });
  const cut = fc.nat(wal.length - 1).map((length) => wal.subarray(0, length));
  const zeroed = fc
    .nat(wal.length - 1)
    .map((from) => Buffer.from(wal).fill(0, from, Math.min(from + 4_096, wal.length)));
  await fc.assert(
    fc.asyncProperty(fc.oneof(bit, cut, zeroed), async (left) => {
      leave(left);
      lengths.add(await proveShorterAtMost());
    }),
    { numRuns: 80 },
  );
  expect(lengths.size).toBeGreaterThan(5);
});

it('one whose pages the file has already leaves an earlier log, or is refused', async () => {
  const moved = join(folder, 'moved.db');
  const store = await openSqliteStore(moved);
  const ends = new Map<string, number>();
  const next = (stream: string, expected = ends.get(stream) ?? -1): StreamWrite => {
    ends.set(stream, expected + 1);
    return write(stream, expected < 0 ? 'no_stream' : expected, newEvents(1));
  };
  const names = Array.from({ length: 900 }, (_, place) => `wallet-${place}`);
  for (let place = 0; place < names.length; place += 100) {
    await store.append(names.slice(place, place + 100).map((name) => next(name)));
  }
  await store.close();
  const before = readFileSync(moved);
  const writing = await openSqliteStore(moved);
  for (let round = 0; round < 60; round += 1) {
    if (round === 50) {
      const { position, id } = (await writing.head())!;
      const data = { number: 1, events: Number(position), lastEvent: id };
      await writing.append([write('seals', 'no_stream', [newEvent(data, 'LogSealed')])]);
    }
    await writing.append([0, 1, 2].map((place) => next(`wallet-${(round * 37 + place * 311) % 900}`)));
  }
  const late = readFileSync(`${moved}-wal`);
  const log = await readWholeLog(writing);
  // This moves all of it into the file.
  await writing.close();
  const full = readFileSync(moved);
  const frames = Math.floor((late.length - walHeadBytes) / frameBytes);
  let refused = 0;
  for (let frame = 0; frame < frames; frame += 3) {
    leave(Buffer.from(late), full, walHeadBytes + frame * frameBytes);
    try {
      const again = await openSqliteStore(copy);
      const left = await readWholeLog(again);
      expect(left).toEqual(log.slice(0, left.length));
      await again.close();
    } catch (error) {
      expect((error as EventStoreError).code).toBe('damaged');
      refused += 1;
      continue;
    }
    await expect(checkLogFile(copy), `frame ${frame}`).resolves.toMatchObject({});
  }
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(frames / 3);

  // A kill while it was moved into the file: some pages are there, and what would bring the others is lost.
  let older = 0;
  for (let from = 0; from < before.length; from += 4_096) {
    const [old, recent] = [before, full].map((bytes) => bytes.subarray(from, from + 4_096)) as [
      Buffer,
      Buffer,
    ];
    if (old.equals(recent)) continue;
    older += 1;
    const mixed = Buffer.concat([full.subarray(0, from), old, full.subarray(from + 4_096)]);
    leave(Buffer.from(late), mixed, walHeadBytes);
    await expect(openSqliteStore(copy), `page ${from / 4_096 + 1}`).rejects.toMatchObject({
      code: 'damaged',
    });
  }
  expect(older).toBeGreaterThan(5);
});
