import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { append, newEvent, readWholeLog } from '../laws/fixtures.ts';
import { type EventStore, EventStoreError, type StoredEvent } from '../port.ts';
import { checkLogFile } from './check.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-flips-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const original = join(folder, 'original.db');
const flipped = join(folder, 'flipped.db');
const bitsOfPage = 4_096 * 8;

type Shape = {
  readonly streams: number;
  readonly events: number;
  readonly chars: number;
  readonly sealed: boolean;
};

/** The bytes of a log, closed in order, and all that it shows. */
const makeLog = async ({ streams, events, chars, sealed }: Shape) => {
  removeLog(original);
  const store = await openSqliteStore(original);
  const ends = new Map<string, number>();
  const add = async (stream: string, data: object): Promise<void> => {
    const last = ends.get(stream) ?? -1;
    const event = { id: randomUUID(), type: 'Happened', data: { ...data } };
    await append(store, stream, last < 0 ? 'no_stream' : last, [event]);
    ends.set(stream, last + 1);
  };
  for (let place = 0; place < events; place += 1) {
    await add(`wallet-${place % streams}`, newEvent({ place, text: 'x'.repeat(place % chars) }).data);
    if (sealed && place === events - 5) {
      const head = await store.head();
      await add('seals', { number: 1, events: Number(head?.position), lastEvent: head?.id });
    }
  }
  const log = await readWholeLog(store);
  await store.close();
  return { bytes: readFileSync(original), log };
};

const removeLog = (path: string): void => {
  for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true });
};

/** Reads everything in every way: it is as it was, or refused. @returns whether anything was refused */
const proveWholeOrRefused = async (log: readonly StoredEvent[], what: string): Promise<boolean> => {
  let isRefused = false;
  const orRefused = async (proof: () => Promise<void>): Promise<void> => {
    try {
      await proof();
    } catch (error) {
      if (!(error instanceof EventStoreError)) throw error;
      expect(['damaged', 'not_a_log'], `${what}: ${error.message}`).toContain(error.code);
      expect(error.message).toMatch(/^[^\n]+\.$/);
      isRefused = true;
    }
  };
  let store: EventStore | undefined;
  await orRefused(async () => {
    store = await openSqliteStore(flipped);
  });
  const opened = store;
  if (opened === undefined) return true;
  await orRefused(async () => expect(await readWholeLog(opened, 61), what).toEqual(log));
  await orRefused(async () => {
    const { position, id, created } = log.at(-1)!;
    expect(await opened.head(), what).toEqual({ position, id, created });
  });
  for (const [stream, events] of Map.groupBy(log, (event) => event.stream)) {
    const last = events.length - 1;
    await orRefused(async () =>
      expect(await opened.readStream(stream, { limit: 1_000 }), what).toEqual({ exists: true, events, last }),
    );
  }
  await orRefused(async () =>
    expect(await opened.readStream('wallet-none', { limit: 1 })).toEqual({ exists: false }),
  );
  for (const { position, id } of log) {
    await orRefused(async () => expect(await opened.eventAt(position), what).toBe(id));
  }
  await opened.close();
  return isRefused;
};

const shapes: [name: string, shape: Shape][] = [
  ['of many streams', { streams: 90, events: 200, chars: 200, sealed: false }],
  ['of few streams', { streams: 2, events: 200, chars: 200, sealed: false }],
  ['of large events', { streams: 5, events: 30, chars: 9_000, sealed: false }],
  ['that is sealed', { streams: 90, events: 200, chars: 200, sealed: true }],
];

describe.each(shapes)('a file %s of which a bit is flipped', (_, shape) => {
  it('is whole or refused, never something else; a check of the file finds what reads find', async () => {
    const { bytes, log } = await makeLog(shape);
    const anywhere = fc.nat(bytes.length * 8 - 1);
    // What is not events is small, and matters.
    const early = fc.nat(9 * bitsOfPage - 1);
    await fc.assert(
      fc.asyncProperty(fc.oneof(anywhere, early), async (bit) => {
        removeLog(flipped);
        const altered = Buffer.from(bytes);
        altered[bit >> 3]! ^= 1 << (bit & 7);
        writeFileSync(flipped, altered);
        const what = `page ${Math.floor(bit / bitsOfPage) + 1}, byte ${(bit >> 3) & 4_095}, bit ${bit & 7}`;
        if (await proveWholeOrRefused(log, what)) {
          await expect(checkLogFile(flipped), what).rejects.toBeInstanceOf(EventStoreError);
        }
      }),
      { numRuns: 60 },
    );
  });
});

it('a page that became an older one is refused', async () => {
  const { bytes } = await makeLog({ streams: 40, events: 150, chars: 200, sealed: false });
  const store = await openSqliteStore(original);
  const ends = new Map([...Array(40).keys()].map((place) => [`wallet-${place}`, place < 30 ? 3 : 2]));
  for (const [stream, last] of ends) await append(store, stream, last, [newEvent({ late: true })]);
  await store.close();
  const newer = readFileSync(original);
  let altered = 0;
  for (let page = 1; page < bytes.length / 4_096; page += 1) {
    const [from, to] = [page * 4_096, (page + 1) * 4_096];
    if (bytes.subarray(from, to).equals(newer.subarray(from, to))) continue;
    altered += 1;
    removeLog(flipped);
    writeFileSync(
      flipped,
      Buffer.concat([newer.subarray(0, from), bytes.subarray(from, to), newer.subarray(to)]),
    );
    await expect(openSqliteStore(flipped), `page ${page + 1}`).rejects.toMatchObject({ code: 'damaged' });
  }
  expect(altered).toBeGreaterThan(2);
  expect(new DatabaseSync(original).prepare('PRAGMA page_count').get()?.page_count).toBe(
    newer.length / 4_096,
  );
});
