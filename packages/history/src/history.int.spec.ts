import type { Position, StoredEvent } from '@carat/event-store';
import { projectionsVersion } from '@carat/projections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  explainCombo,
  explainLive,
  pastBoard,
  pastEarnings,
  pastLive,
  pastViewer,
  pastWallet,
  resolveMoment,
} from './index.ts';
import {
  begin,
  comboId,
  countReads,
  minute,
  openPastLog,
  type PastLog,
  readWhole,
  writeSimulatedLive,
} from './testing/past-log.ts';

type Sent = Record<'viewer' | 'gift' | 'combo', string> &
  Record<'coins' | 'booked' | 'millidiamonds', number>;
const dataOf = (event: StoredEvent): Sent => event.data as unknown as Sent;

/** What the log says, added up here once more, by nothing that the package itself uses. */
const addUp = (events: readonly StoredEvent[]) => {
  const sent = events.filter(({ type }) => type === 'GiftSent').map(dataOf);
  const sum = (key: 'coins' | 'booked' | 'millidiamonds'): number => sent.reduce((s, e) => s + e[key], 0);
  const senders = new Map<string, { coins: number; last: number }>();
  const gifts = new Map<string, { gifts: number; coins: number }>();
  sent.forEach(({ viewer, gift, coins, booked }, last) => {
    senders.set(viewer, { coins: (senders.get(viewer)?.coins ?? 0) + coins, last });
    const before = gifts.get(gift) ?? { gifts: 0, coins: 0 };
    gifts.set(gift, { gifts: before.gifts + booked, coins: before.coins + coins });
  });
  const top = [...senders]
    .sort(([, a], [, b]) => b.coins - a.coins || a.last - b.last)
    .map(([id, { coins }]) => ({ id, score: coins }));
  return {
    coins: sum('coins'),
    gifts: sum('booked'),
    millidiamonds: sum('millidiamonds'),
    senders: senders.size,
    top,
    perGift: Object.fromEntries(gifts),
  };
};

describe('a simulated live, at ten moments', () => {
  let log: PastLog;
  let events: readonly StoredEvent[];
  let end: number;
  beforeAll(async () => {
    log = await openPastLog();
    end = await writeSimulatedLive(log, 7);
    await log.seal(end);
    events = await readWhole(log.store);
  });
  afterAll(() => log.close());

  const moments = Array.from({ length: 10 }, (_, i) => i / 9);

  it.each(moments)(
    '%f of its way: totals, board and earnings are those of its events so far',
    async (part) => {
      const instant = Math.round(begin + part * (end - begin));
      const until = events.findIndex(({ data }) => (data.at as number) > instant);
      const past = events.slice(0, until === -1 ? undefined : until);
      const place = await resolveMoment(log.store, { instant });
      expect(place.position).toBe(past.at(-1)!.position);

      const truth = addUp(past);
      const live = await pastLive(log, { live: 'gala', place: place.position, limit: 1_000 });
      const { asOf, creator, perGift, live: _, ...numbers } = live!;
      expect({ ...numbers, perGift: undefined }).toEqual({ ...truth, perGift: undefined });
      expect(Object.fromEntries(perGift.map(({ gift, ...sums }) => [gift, sums]))).toEqual(truth.perGift);
      expect(asOf).toEqual({
        generation: `log-${projectionsVersion}-log-of-specs`,
        position: place.position,
      });
      expect(creator).toBe('cleo');

      const earned = await pastEarnings(log, { creator: 'cleo', place: place.position });
      const { coins, gifts, millidiamonds } = truth;
      expect(earned).toEqual({ creator: 'cleo', asOf, coins, gifts, millidiamonds });
    },
  );

  it('a later instant never means an earlier place', async () => {
    let before = 0;
    for (let instant = begin - 1_000; instant < end + 10_000; instant += 1_371) {
      const { position } = await resolveMoment(log.store, { instant });
      expect(Number(position)).toBeGreaterThanOrEqual(before);
      before = Number(position);
    }
    expect(before).toBe(events.length);
  });

  it('finding a moment reads one page behind a seal, and of the seals only their logarithm', async () => {
    const { store, read } = countReads(log.store);
    const { position } = await resolveMoment(store, { instant: end - 10_000 });
    expect(Number(read.firstAfter)).toBeGreaterThan(Number(position) - 200);
    expect(read.streamEvents).toBeLessThan(10);
  });

  it('a combo is told with every booking of it', async () => {
    const sent = events.filter(({ type }) => type === 'GiftSent').map(dataOf);
    const counted = Map.groupBy(sent, ({ viewer, combo }) => `${viewer} ${combo}`);
    const longest = [...counted.values()].sort((a, b) => b.length - a.length)[0]!;
    const { viewer, combo } = longest[0]!;
    expect(longest.length).toBeGreaterThan(1);
    const place = events.at(-1)!.position;
    const found = [];
    for await (const page of explainCombo(log, { combo, place, what: 'viewer', id: viewer }))
      found.push(...page);
    expect(found.map(({ data }) => data)).toEqual(longest);
  });
});

describe('moments', () => {
  let log: PastLog;
  beforeAll(async () => {
    log = await openPastLog();
    await log.start('gala', begin);
    await log.seal(begin + 1_000);
    // Whose clock lags behind: the seal says that it had happened by then.
    await log.send({ viewer: 'ann', at: begin + 900 });
    await log.seal(begin + 2_000);
    await log.send({ viewer: 'bob', at: begin + 3_000 }, { viewer: 'bob', at: begin + 2_500 });
  });
  afterAll(() => log.close());

  const at = async (instant: number) => (await resolveMoment(log.store, { instant })).position;

  it('before anything told a time is the creation of the log', async () => {
    expect(await at(begin - 1)).toBe('1');
    expect(await pastLive(log, { live: 'gala', place: await at(begin - 1), limit: 10 })).toBeUndefined();
    expect(await pastViewer(log, { viewer: 'ann', place: undefined })).toMatchObject({
      balance: 0,
      spent: 0,
    });
  });

  it('goes by the running maximum of the time told, seals among it', async () => {
    const all = (await readWhole(log.store)).map(({ type, data }) => [type, (data.at as number) - begin]);
    expect(all.slice(1)).toEqual([
      ['LiveStarted', 0],
      ['LogSealed', 1_000],
      ['CoinsGranted', 900],
      ['GiftSent', 900],
      ['LogSealed', 2_000],
      ['CoinsGranted', 3_000],
      ['GiftSent', 3_000],
      ['GiftSent', 2_500],
    ]);
    expect(await at(begin)).toBe('2');
    expect(await at(begin + 999)).toBe('2');
    expect(await at(begin + 1_000)).toBe('5');
    expect(await at(begin + 2_999)).toBe('6');
    expect(await at(begin + 3_000)).toBe('9');
  });

  it('at a position are that position, and no further than the log', async () => {
    const position = async (position: string) => resolveMoment(log.store, { position });
    expect(await position('0')).toEqual({ position: undefined, at: null });
    expect(await position('5')).toEqual({ position: '5', at: begin + 1_000 });
    expect(await position('9999')).toEqual({ position: '9', at: begin + 3_000 });
  });
});

describe('boards of the past', () => {
  let log: PastLog;
  let events: readonly StoredEvent[];
  const nextHour = begin + 2 * minute;
  beforeAll(async () => {
    log = await openPastLog();
    await log.start('gala', begin - 60 * minute);
    for (let ago = 50; ago > 0; ago--) {
      await log.send({ viewer: 'old', at: begin - ago * minute, coins: 1_000 });
      await log.seal(begin - ago * minute);
    }
    await log.send({ viewer: 'ann', at: nextHour - 1, coins: 50, creator: 'carl' });
    // By a clock that is ahead of the sealing one.
    await log.send({ viewer: 'dan', at: nextHour, coins: 4, creator: 'dora' });
    await log.seal(nextHour - 20_000);
    await log.send({ viewer: 'bob', at: nextHour, coins: 10 });
    await log.send({ viewer: 'cid', at: nextHour, coins: 5, creator: 'carl' });
    await log.send({ viewer: 'cid', at: nextHour + 1, coins: 5, creator: 'carl' });
    events = await readWhole(log.store);
  });
  afterAll(() => log.close());

  const board = (kind: 'creators' | 'gifters', window: 'hour' | 'day' | 'all', back = 0, store = log.store) =>
    pastBoard({ store }, { kind, window, on: nextHour, place: events.at(-1 - back)!.position, limit: 10 });

  it('by the hour: what was sent in it, ties to who was there first', async () => {
    const { entries, unit } = await board('creators', 'hour');
    expect(unit).toBe('millidiamonds');
    expect(entries).toEqual([
      { id: 'cleo', score: 5_000 },
      { id: 'carl', score: 5_000 },
      { id: 'dora', score: 2_000 },
    ]);
    expect((await board('creators', 'hour', 1)).entries.map(({ score }) => score)).toEqual([
      5_000, 2_500, 2_000,
    ]);
  });

  it('by the day and of all time', async () => {
    for (const window of ['day', 'all'] as const) {
      expect((await board('gifters', window)).entries).toEqual([
        { id: 'old', score: 50_000 },
        { id: 'ann', score: 50 },
        { id: 'bob', score: 10 },
        { id: 'cid', score: 10 },
        { id: 'dan', score: 4 },
      ]);
    }
    await expect(board('gifters', 'hour')).rejects.toThrow(RangeError);
  });

  it('begin later than the log does where they are of a live: with its own beginning', async () => {
    await log.start('late', nextHour + 2);
    const begins = (await log.store.head())!.position;
    await log.send({ viewer: 'ann', at: nextHour + 3, live: 'late', coins: 3 });
    const { store, read } = countReads(log.store);
    const place = (await log.store.head())!.position;
    const live = await pastLive({ store }, { live: 'late', place, limit: 10 });
    expect(live).toMatchObject({ coins: 3, senders: 1, top: [{ id: 'ann', score: 3 }] });
    expect(read).toMatchObject({ firstAfter: begins, events: 1 });
  });

  it('begin in the log shortly before their window', async () => {
    const { store, read } = countReads(log.store);
    await board('creators', 'hour', 0, store);
    expect(read.events).toBeLessThan(20);
    expect(events.length).toBeGreaterThan(100);
  });
});

describe('what is behind a number', () => {
  let log: PastLog;
  let skipped: string;
  let last: Position;
  const combo = comboId(begin + 1_000);
  beforeAll(async () => {
    log = await openPastLog();
    await log.start('gala', begin);
    await log.send({ viewer: 'ann', at: begin + 1_000, combo, booked: 2 });
    await log.send({ viewer: 'bob', at: begin + 1_000, combo, booked: 7 });
    [skipped] = (await log.send({ viewer: 'ann', at: begin + 2_000, combo, booked: 3 })) as [string];
    await log.write(['log', 'EventSkipped', { event: skipped, unit: 'creators', by: 'olga', reason: 'r' }]);
    last = (await log.store.head())!.position;
  });
  afterAll(() => log.close());

  it('is left out of it once an operator has said so, and not before', async () => {
    const coins = async (place: string) =>
      (await pastLive(log, { live: 'gala', place: place as Position, limit: 10 }))?.coins;
    expect(await coins(String(Number(last) - 1))).toBe(12 * 5);
    expect(await coins(last)).toBe(9 * 5);
    const behind = [];
    for await (const page of explainLive(log, { live: 'gala', place: last })) behind.push(...page);
    expect(behind.map(({ event, leftOut }) => leftOut && event)).toEqual([false, false, skipped]);
    // What a viewer holds is what the wallet says.
    const viewer = await pastViewer(log, { viewer: 'ann', place: last });
    expect(viewer).toMatchObject({ balance: 1_000_000 - 25, spent: 25, gifts: 5, granted: 1_000_000 });
  });

  it('is told apart where two viewers made the same id', async () => {
    const found = [];
    for await (const page of explainCombo(log, { combo, place: last, what: 'viewer', id: 'ann' }))
      found.push(...page);
    expect(found.map(({ data }) => data)).toMatchObject([
      { viewer: 'ann', booked: 2, count: 2, unitCoins: 5, rate: 500, coins: 10, millidiamonds: 5_000 },
      { viewer: 'ann', booked: 3, count: 5, unitCoins: 5, rate: 500, coins: 15, millidiamonds: 7_500 },
    ]);
  });

  it('of a wallet is found by bisection', async () => {
    const events = await readWhole(log.store);
    for (const { position } of events) {
      const wallet = await pastWallet(log.store, 'ann', position);
      const { balance, position: of } = await pastViewer(log, { viewer: 'ann', place: position });
      expect(wallet).toEqual({ viewer: 'ann', balance, position: of });
    }
  });
});

describe('a booking that no unit can take', () => {
  it('stops the fold until it is left out, for all moments after it', async () => {
    const log = await openPastLog();
    await log.start('gala', begin);
    await log.send({ viewer: 'ann', at: begin });
    const [poison] = await log.write(['wallet-eve', 'GiftSent', { live: 'gala', booked: 'many' }]);
    await log.send({ viewer: 'ann', at: begin });
    const place = (await log.store.head())!.position;
    await expect(pastLive(log, { live: 'gala', place, limit: 1 })).rejects.toThrow(/cannot be folded past/);
    await log.write(['log', 'EventSkipped', { event: poison, unit: 'creators', by: 'olga', reason: 'r' }]);
    expect((await pastLive(log, { live: 'gala', place, limit: 1 }))?.coins).toBe(10);
    await log.close();
  });
});
