import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { createSealing, type EventStore, type JsonObject, type StoredEvent } from '@carat/event-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDifferences } from '../outcome.ts';
import { proveLog } from './log.ts';
import { openLogs, readWhole, sealAll } from './testing/forged-log.ts';
import { beginEarnings } from './testing/written-earnings.ts';
import { comboId, noon, writeLog } from './testing/written-log.ts';

let logs: Awaited<ReturnType<typeof openLogs>>;
let store: EventStore;
let good: readonly StoredEvent[];

/** Three seals, of 6, 4 and 5 events, and two events after them. */
beforeAll(async () => {
  logs = await openLogs();
  const log = writeLog();
  log.write('log', 'LogCreated', { logId: 'a' });
  log.list('rose', 5);
  log.list('castle', 500);
  log.start('live', 'creator');
  log.grant('ann', 1_000);
  log.send({ viewer: 'ann', combo: comboId(noon, 1), booked: 2 });
  log.send({ viewer: 'ann', combo: comboId(noon, 1) });
  log.list('car', 90);
  log.send({ viewer: 'ann', combo: comboId(noon, 2), booked: 4 });
  log.list('ship', 900);
  log.list('moon', 9_000);
  log.send({ viewer: 'ann', combo: comboId(noon, 2) });
  log.list('star', 1);
  log.send({ viewer: 'ann', combo: comboId(noon, 2) });
  ({ store } = await logs.open());
  for (const [from, to] of [
    [0, 6],
    [6, 9],
    [9, 13],
  ] as const) {
    await logs.write(store, log.events.slice(from, to));
    await sealAll(store);
  }
  await logs.write(store, log.events.slice(13));
  good = await readWhole(store);
});
afterAll(() => logs.close());

const prove = async (of: EventStore) => {
  const differences = createDifferences(50);
  const { seals, ...sums } = await proveLog(of, await of.head(), new Set(), differences);
  const broken = seals.broken.map(({ fault, seals: [first, last], range }) => ({
    fault,
    seals: first === last ? first : [first, last],
    ...(range && { positions: [range.from, range.to], sealed: range.sealed, found: range.found }),
  }));
  return { lines: differences.lines(), sums, seals, broken };
};
const proveForged = async (events: readonly StoredEvent[]) => prove((await logs.forge(events)).store);

/** A copy of the log with a statement run on its file. */
const proveSpoilt = async (sql: string, events = good) => {
  const { store: spoilt, url } = await logs.forge(events);
  const database = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 5_000 });
  database.exec(sql);
  database.close();
  return prove(spoilt);
};

const indexOf = (type: string, nth: number): number =>
  good.indexOf(good.filter((event) => event.type === type)[nth]!);
const changed = (index: number, change: JsonObject): readonly StoredEvent[] =>
  good.with(index, { ...good[index]!, data: { ...good[index]!.data, ...change } });

describe('a log proved by its seals', () => {
  it('is all as it was sealed, also in a copy', async () => {
    for (const of of [store, (await logs.forge(good)).store]) {
      const { lines, seals, sums } = await prove(of);
      expect(lines).toEqual([]);
      expect(sums.events).toBe(18);
      expect(seals).toMatchObject({ seals: 3, sealed: 15, unsealed: 3, signed: 0, keys: [], broken: [] });
      expect(seals.lastAt).toBeGreaterThan(Date.now() - 60_000);
    }
  });

  it('says with which seal an event was changed that breaks no law', async () => {
    const { lines, broken } = await proveForged(changed(indexOf('GiftListed', 2), { name: 'Ship' }));
    expect(lines).toEqual([
      'Seal 2 does not fit what the log holds, positions 7 to 10: 4 events were sealed and as many are ' +
        'there, but something was changed.',
    ]);
    expect(broken).toEqual([{ fault: 'changed', seals: 2, positions: ['7', '10'], sealed: 4, found: 4 }]);
  });

  it('says so of one that was removed, or put in', async () => {
    const removed = await proveForged(good.toSpliced(indexOf('GiftListed', 4), 1));
    // The gifts listed after it have other revisions than when they were sealed, but none was sealed yet.
    expect(removed.broken).toEqual([
      { fault: 'removed', seals: 3, positions: ['11', '14'], sealed: 5, found: 4 },
    ]);
    expect(removed.lines).toEqual([
      'Seal 3 does not fit what the log holds, positions 11 to 14: 5 events were sealed, 4 found there: ' +
        '1 removed.',
    ]);
    const more = { ...good[1]!, id: randomUUID(), data: { ...good[1]!.data, gift: 'kite' } };
    const inserted = await proveForged(good.toSpliced(indexOf('GiftListed', 4), 0, more));
    expect(inserted.broken).toEqual([
      { fault: 'inserted', seals: 3, positions: ['11', '16'], sealed: 5, found: 6 },
    ]);
  });

  it('names the wallet too, by what its events say of it', async () => {
    const { lines, broken } = await proveForged(changed(indexOf('GiftSent', 1), { after: { balance: 986 } }));
    expect(lines[0]).toMatch(/^GiftSent 2 of wallet-ann at position 9: it says the balance is 986 after it/);
    expect(broken).toMatchObject([{ fault: 'changed', seals: 2 }]);
  });

  it('finds what was cut out between two events of a wallet', async () => {
    const { lines, broken } = await proveForged(good.toSpliced(indexOf('GiftSent', 1), 1));
    expect(lines.join('\n')).toMatch(/of wallet-ann at position \d+: it says the balance is/);
    expect(broken).toContainEqual(
      expect.objectContaining({ fault: 'removed', seals: 2, sealed: 4, found: 3 }),
    );
    // Later events of the wallet have other revisions than when they were sealed.
    expect(broken.length).toBeLessThanOrEqual(2);
  });

  it('finds a seal that was taken out or altered', async () => {
    const without = await proveForged(good.toSpliced(indexOf('LogSealed', 1), 1));
    expect(without.broken.map(({ fault }) => fault)).toEqual(
      expect.arrayContaining(['broken_chain', 'wrong_number']),
    );
    const other = await proveForged(changed(indexOf('LogSealed', 1), { root: 'ab'.repeat(32) }));
    expect(other.broken).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ fault: 'changed', seals: [2, 3] }),
        expect.objectContaining({ fault: 'broken_chain', seals: 3 }),
      ]),
    );
  });

  it('says of which seals nothing can be said, as the log is damaged there', async () => {
    const { lines, broken } = await proveSpoilt('UPDATE events SET created = created + 1 WHERE position = 9');
    expect(lines).toContainEqual(
      expect.stringMatching(/^The event at position 9, GiftSent 2 of wallet-ann /),
    );
    expect(broken).toEqual([{ fault: 'damaged', seals: 2, positions: ['7', '10'], sealed: 4, found: 3 }]);
  });

  it('goes on after a seal that is damaged', async () => {
    const { position } = good[indexOf('LogSealed', 1)]!;
    const { broken } = await proveSpoilt(
      `UPDATE events SET created = created + 1 WHERE position = ${position}`,
    );
    expect(broken.map(({ fault, seals }) => [fault, seals])).toEqual([
      ['unreadable', 2],
      ['damaged', [2, 3]],
    ]);
  });

  it('says so where nobody knows any more how many seals there are', async () => {
    const { lines, seals } = await proveSpoilt(
      `DELETE FROM heads WHERE stream = (SELECT number FROM streams WHERE name = 'seals')`,
    );
    expect(lines).toContain('Where the stream seals ends is lost.');
    expect(seals).toMatchObject({ seals: 0, sealed: 0, unsealed: 18 });
  });

  it('has not lost what came after the last seal, as far as anyone can tell', async () => {
    const { lines, seals } = await proveForged(good.slice(0, -2));
    expect(lines).toEqual([]);
    expect(seals).toMatchObject({ seals: 3, unsealed: 1 });
  });

  it('may be sealed late, with many seals behind each other', async () => {
    const late = await logs.forge(good.filter(({ type }) => type !== 'LogSealed'));
    const sealing = createSealing({ store: late.store, now: Date.now, maxEvents: 2 });
    for (let seals = 0; seals < 7; seals += 1) {
      await sealing.gather(2);
      await sealing.seal();
    }
    const { lines, seals } = await prove(late.store);
    expect(lines).toEqual([]);
    expect(seals).toMatchObject({ seals: 7, sealed: 14 });
  });
});

/** Two days of one creator, of which one is redeemed. Ids are such as a store takes. */
const written = (): readonly StoredEvent[] => {
  const { log, earnings, send } = beginEarnings('ann');
  send(4);
  earnings.closeAndSettle(0);
  send(1);
  earnings.closeAndSettle(1, 0);
  earnings.request('ann', 'r1', 20_000, 3);
  earnings.approve('r1', 3);
  earnings.start('r1', 3);
  earnings.pay('r1', 3);
  return log.events;
};

describe('a log by which diamonds become money', () => {
  it('is proved to its end, day by day', async () => {
    const { lines, sums } = await proveForged(written());
    expect(lines).toEqual([]);
    expect(sums.earnings).toMatchObject({
      diamonds: { pending: '0', held: '0', available: '5000000', paid: '20000000' },
      money: [{ currency: 'USD', sent: '9500', inFlight: '0', paid: '9500' }],
    });
  });

  it('shows in which day a gift is not the one that was settled', async () => {
    const events = written();
    const gift = events.findIndex(({ type }) => type === 'GiftSent');
    const other = { ...events[gift]!, id: randomUUID() };
    expect((await proveForged(events.with(gift, other))).lines).toEqual([
      expect.stringMatching(/^DiamondsSettled 0 of earnings-ann .* not that of the gifts of 2026-06-10\.$/),
    ]);
  });

  it('is read on where it is damaged, though nobody can tell any more what a day came to', async () => {
    const events = written();
    const position = events.findIndex(({ type }) => type === 'DayClosed') + 1;
    const sql = `UPDATE events SET created = created + 1 WHERE position = ${position}`;
    const { lines, sums } = await proveSpoilt(sql, events);
    expect(lines).toContainEqual(
      expect.stringMatching(/^The event at position 7, DayClosed 0 of settlement /),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/: the day 2026-06-10 is not closed, or was said to be settled before\.$/),
    );
    expect(sums.events).toBe(events.length - 1);
  });
});

describe('a store that others write to as well', () => {
  it('is held to the laws in our streams only, and sealed whole', async () => {
    const { store: shared } = await logs.open();
    const stranger = (stream: string, type: string): StoredEvent => ({
      ...good[0]!,
      id: randomUUID(),
      stream,
      type,
    });
    await logs.write(shared, [
      stranger('a-1', 'GiftSent'),
      stranger('order-7', 'LogCreated'),
      stranger('rates-x', 'Any'),
    ]);
    await logs.write(
      shared,
      good.filter(({ type }) => type !== 'LogSealed'),
    );
    await logs.write(shared, [stranger('a-1', 'CoinsGranted')]);
    await sealAll(shared);
    const { lines, sums, seals } = await prove(shared);
    expect(lines).toEqual([]);
    expect(sums).toMatchObject({ logId: 'a', events: 20, wallets: 1 });
    expect(seals).toMatchObject({ seals: 1, sealed: 19, unsealed: 1 });
    const events = await readWhole(shared);
    expect((await proveForged(events.with(1, { ...events[1]!, data: {} }))).broken).toMatchObject([
      { fault: 'changed', seals: 1 },
    ]);
  });
});
