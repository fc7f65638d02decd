import { DatabaseSync } from 'node:sqlite';
import type { EventStore, Position } from '@carat/event-store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTail } from './tail.ts';
import { type Log, openLog } from './testing/log.ts';

let log: Log;
let store: EventStore;
let reads: number;

beforeEach(async () => {
  log = await openLog();
  const opened = await log.open();
  reads = 0;
  store = new Proxy(opened, {
    get(target, name: keyof EventStore) {
      if (name === 'readAll') reads++;
      return target[name].bind(target);
    },
  });
  await log.sendGifts(50);
});
afterEach(() => log.close());

const readToHead = async (tail: ReturnType<typeof createTail>, limit: number, from?: Position) => {
  const positions: Position[] = [];
  for (let after = from; ; ) {
    const { entries, atHead } = await tail.read(after, limit);
    positions.push(...entries.map(({ position }) => position));
    after = positions.at(-1) ?? after;
    if (atHead) return positions;
  }
};

it('reads every event once, however many ask for it', async () => {
  const tail = createTail(store, { maxEvents: 100 });
  const first = await readToHead(tail, 20);
  expect(first).toHaveLength(50);
  const before = reads;
  expect(await readToHead(tail, 7, first[0])).toEqual(first.slice(1));
  expect(await readToHead(tail, 30, first[40])).toEqual(first.slice(41));
  // Each asks the log once, whether it has grown.
  expect(reads).toBe(before + 2);

  await log.sendGifts(3);
  const pages = await Promise.all([tail.read(first.at(-1), 10), tail.read(first.at(-1), 10)]);
  for (const { entries } of pages) expect(entries).toHaveLength(3);
  expect(reads).toBe(before + 3);
  expect(await readToHead(tail, 10, first.at(-1))).toHaveLength(3);
});

it('keeps no more than it may, and reads again what it forgot', async () => {
  const tail = createTail(store, { maxEvents: 10 });
  const all = await readToHead(tail, 8);
  expect(await readToHead(tail, 8, all[0])).toEqual(all.slice(1));
});

it('keeps what cannot be read as what it is', async () => {
  await log.append('wallet-ann', 'GiftSent', { viewer: 'ann' });
  await log.append('wallet-ann', 'SomethingNew', {});
  const { entries } = await createTail(store, { maxEvents: 100 }).read(undefined, 100);
  expect(entries.at(-2)).toMatchObject({ event: undefined, fault: expect.stringContaining('GiftSent') });
  expect(entries.at(-1)).toMatchObject({ event: undefined, fault: undefined });
});

it('tells a lost event by one name, wherever it is asked for', async () => {
  const id = await log.append('wallet-ann', 'SomethingNew', {});
  const { position } = (await store.head())!;
  const tail = createTail(store, { maxEvents: 100 });
  expect(await tail.idAt(position)).toBe(id);
  const database = new DatabaseSync(log.url.slice('sqlite:'.length), { timeout: 5_000 });
  database.prepare("UPDATE events SET type = 'Other' WHERE position = ?").run(Number(position));
  database.close();
  const last = await createTail(store, { maxEvents: 100 }).read(`${BigInt(position) - 1n}` as Position, 10);
  expect(last.entries[0]).toMatchObject({ id: `lost-at-${position}`, position });
  expect(await tail.idAt(position)).toBe(`lost-at-${position}`);
  expect(await tail.idAt(`${BigInt(position) + 1n}` as Position)).toBeUndefined();
});
