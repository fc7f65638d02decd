import { type Event, streams } from '@carat/domain';
import type { EventStore, StreamWrite } from '@carat/event-store';
import type { http, Unit } from '@carat/protocol';
import type { Ledger } from '@carat/read-models';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { writeOf } from '../append.ts';
import { createLog } from '../testing/api-under-test.ts';
import { proveConservation } from './conservation.ts';
import { createLogFold, type LogFold } from './log-fold.ts';

let log: Awaited<ReturnType<typeof createLog>>;
let store: EventStore;
let fold: LogFold;
let ids = 0;
beforeEach(async () => {
  log = await createLog();
  store = await log.open();
  fold = createLogFold(store);
});
afterEach(async () => {
  await fold.close();
  await log.remove();
});

const newId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
const append = async (stream: string, ...events: Event[]): Promise<string> => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const write: StreamWrite = writeOf(stream, page.exists ? page.last : 'no_stream', events, newId);
  const result = await store.append([write]);
  if (!result.appended) throw new Error('somebody else was faster');
  return write.events.at(-1)!.id;
};
const granted = (viewer: string, coins: number, balance: number) =>
  append(streams.wallet(viewer), {
    type: 'CoinsGranted',
    data: { grant: newId(), viewer, coins, at: 1, after: { balance } },
  });
const sent = (viewer: string, creator: string, coins: number, balance: number) =>
  append(streams.wallet(viewer), {
    type: 'GiftSent',
    data: {
      combo: newId(),
      viewer,
      live: `of-${creator}`,
      creator,
      gift: 'rose',
      booked: 1,
      count: 1,
      coins,
      millidiamonds: 500 * coins,
      unitCoins: coins,
      rate: 500,
      at: 2,
      after: { balance },
    },
  });
const head = async () => (await store.head())!.position;
const sums = (coins: number, gifts: number): http.BookedSums => ({
  coins,
  gifts,
  millidiamonds: 500 * coins,
});
const ledger = async (unit: Unit, booked: Ledger['booked'], position?: string): Promise<Ledger> => ({
  unit,
  position: position ?? (await head()),
  booked,
});
const prove = (...ledgers: Ledger[]) => proveConservation(store, fold, async () => ledgers);
const settled = (ledgers: Ledger[]) =>
  vi.waitFor(async () => {
    const proof = await prove(...ledgers);
    expect(proof.log.share).toBe(1);
    return proof;
  }, 5_000);

it('holds where granted = held + spent, and log and ledgers have booked the same', async () => {
  await granted('ann', 100, 100);
  await sent('ann', 'cleo', 30, 70);
  await sent('ann', 'dora', 20, 50);
  const proof = await settled([await ledger('creators', sums(50, 2)), await ledger('boards', sums(50, 2))]);
  const at = await head();
  expect(proof).toEqual({
    holds: true,
    why: [],
    log: {
      position: at,
      head: at,
      share: 1,
      events: 3,
      wallets: 1,
      granted: 100,
      held: 50,
      spent: 50,
      booked: sums(50, 2),
      holds: true,
    },
    units: ['creators', 'boards'].map((unit) => ({
      unit,
      position: at,
      ledger: sums(50, 2),
      booked: sums(50, 2),
      holds: true,
    })),
  });
});

it('compares each unit at its own place, and shards with their own creators', async () => {
  await granted('ann', 100, 100);
  await sent('ann', 'cleo', 30, 70);
  const before = await head();
  await sent('ann', 'cleo', 5, 65);
  await sent('ann', 'bea', 20, 45);
  const units = [
    await ledger('creators:0', sums(35, 2)),
    await ledger('creators:1', sums(20, 1)),
    await ledger('boards', sums(30, 1), before),
  ];
  const proof = await settled(units);
  expect(proof.units.map(({ unit, booked }) => [unit, booked])).toEqual([
    ['creators:0', sums(35, 2)],
    ['creators:1', sums(20, 1)],
    ['boards', sums(30, 1)],
  ]);
  expect(proof.holds).toBe(true);
});

it('says where a ledger or the wallets do not add up', async () => {
  await granted('ann', 100, 100);
  await sent('ann', 'cleo', 30, 70);
  const good = await ledger('boards', sums(30, 1));
  const wrong = await settled([await ledger('creators', sums(31, 1)), good]);
  expect(wrong).toMatchObject({
    holds: false,
    log: { holds: true },
    units: [{ holds: false }, { holds: true }],
  });
  expect(wrong.why).toEqual([
    'creators has booked 31 coins, 1 gifts, 15500 millidiamonds, ' +
      'where the log has 30 coins, 1 gifts, 15000 millidiamonds.',
  ]);
  await sent('ann', 'cleo', 30, 60);
  const [creators, boards] = [await ledger('creators', sums(60, 2)), await ledger('boards', sums(60, 2))];
  const torn = await settled([creators, boards]);
  expect(torn).toMatchObject({ holds: false, log: { holds: false, spent: 40, booked: { coins: 60 } } });
  expect(torn.why[0]).toBe('100 coins were granted, 60 are held, 40 left the wallets and 60 were booked.');
});

it('says nothing of what cannot be told yet', async () => {
  await granted('ann', 100, 100);
  expect(await settled([await ledger('creators', undefined)])).toMatchObject({
    holds: null,
    why: ['The numbers of creators are being rebuilt.'],
    log: { holds: true },
  });
  expect(await proveConservation(store, fold, () => Promise.reject(new Error('away')))).toMatchObject({
    holds: null,
    units: [],
  });
});

it('leaves out of a unit what operators leave out of it, also of what it has folded', async () => {
  await granted('ann', 100, 100);
  const event = await sent('ann', 'cleo', 30, 70);
  await sent('ann', 'cleo', 10, 60);
  await settled([await ledger('creators', sums(40, 2)), await ledger('boards', sums(40, 2))]);
  await append(streams.log, {
    type: 'EventSkipped',
    data: { event, unit: 'creators', by: 'olga', reason: 'a test' },
  });
  const proof = await settled([await ledger('creators', sums(10, 1)), await ledger('boards', sums(40, 2))]);
  expect(proof).toMatchObject({ holds: true, log: { booked: sums(40, 2) } });
});

it('goes on where it was, and begins anew where the log is another', async () => {
  await granted('ann', 100, 100);
  await settled([await ledger('creators', sums(0, 0))]);
  const reads = vi.spyOn(store, 'readAll');
  await sent('ann', 'cleo', 30, 70);
  expect((await settled([await ledger('creators', sums(30, 1))])).log.events).toBe(2);
  expect(reads.mock.calls.every(([read]) => read.after !== undefined)).toBe(true);
  vi.spyOn(store, 'eventAt').mockResolvedValueOnce('another');
  expect((await settled([await ledger('creators', sums(30, 1))])).log.events).toBe(2);
  expect(reads.mock.lastCall).toBeDefined();
  expect(reads.mock.calls.some(([read]) => read.after === undefined)).toBe(true);
});
