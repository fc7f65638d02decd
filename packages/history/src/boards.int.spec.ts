import type { BoardDefinition } from '@carat/domain';
import type { Position, StoredEvent } from '@carat/event-store';
import { projectionsVersion } from '@carat/projections';
import { windowStart } from '@carat/protocol';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '../../../infra/local/redis.ts';
import { createRedisDumps, pastBoard, pastDefinedBoard, type Sources } from './index.ts';
import { begin, countReads, minute, openPastLog, type PastLog, readWhole } from './testing/past-log.ts';

const everything: BoardDefinition = {
  board: 'spring',
  by: 'viewer',
  lives: [],
  gifts: [],
  from: null,
  to: null,
  window: 'all',
};
const giftsPerMinute = 4;
const minutes = 150;
const end = begin + minutes * minute;

/** Three lives of two creators; every minute a few gifts by clocks that lag and run ahead, and a seal. */
const writeLives = async (log: PastLog): Promise<void> => {
  await log.start('gala', begin);
  await log.start('opening', begin, 'carl');
  for (let number = 0; number < minutes * giftsPerMinute; number++) {
    const now = begin + Math.floor(number / giftsPerMinute) * minute;
    if (number === giftsPerMinute * 100) await log.start('late', now, 'carl');
    const [live, creator] = number % 3 === 0 ? ['gala', 'cleo'] : ['opening', 'carl'];
    await log.send({
      viewer: `v${(number * 7) % 23}`,
      at: now + ((number * 13_007) % 270_000) - 150_000,
      coins: 1 + ((number * 11) % 9),
      gift: number % 4 === 0 ? 'lion' : 'rose',
      creator,
      live: number > giftsPerMinute * 100 && number % 5 === 0 && creator === 'carl' ? 'late' : live,
    });
    if (number % giftsPerMinute === 0) await log.seal(now);
  }
};

/** The same board, added up from the events themselves. */
const addUp = (events: readonly StoredEvent[], definition: BoardDefinition, on: number) => {
  const { by, lives, gifts, from, to, window } = definition;
  const rows = new Map<string, { id: string; score: number; place: number }>();
  for (const { type, data, position } of events) {
    if (type !== 'GiftSent') continue;
    const sent = data as { [field: string]: string } & { at: number; coins: number; millidiamonds: number };
    if (windowStart(window, sent.at) !== windowStart(window, on)) continue;
    if (lives.length > 0 && !lives.includes(sent.live!)) continue;
    if (gifts.length > 0 && !gifts.includes(sent.gift!)) continue;
    if ((from !== null && sent.at < from) || (to !== null && sent.at >= to)) continue;
    const id = by === 'viewer' ? sent.viewer! : sent.creator!;
    const amount = by === 'viewer' ? sent.coins : sent.millidiamonds;
    const score = (rows.get(id)?.score ?? 0) + amount;
    rows.set(id, { id, score, place: Number(position) });
  }
  const best = [...rows.values()].sort((a, b) => b.score - a.score || a.place - b.place);
  return best.map(({ id, score }) => ({ id, score }));
};

describe('boards that operators defined, as they were', () => {
  let log: PastLog;
  let events: readonly StoredEvent[];
  beforeAll(async () => {
    log = await openPastLog();
    await writeLives(log);
    events = await readWhole(log.store);
  });
  afterAll(() => log.close());

  const ask = (more: Partial<BoardDefinition>, on: number, place: Position, from: Sources = log) =>
    pastDefinedBoard(from, { definition: { ...everything, ...more }, on, place, limit: 1_000 });

  it.each<[string, Partial<BoardDefinition>]>([
    ['everything', {}],
    ['creators by the hour', { by: 'creator', window: 'hour' }],
    ['one gift by the day', { gifts: ['lion'], window: 'day' }],
    ['two lives', { lives: ['late', 'gala'] }],
    ['a live that begins late', { lives: ['late'], by: 'creator' }],
    ['a live that never was', { lives: ['nowhere'] }],
    ['half an hour', { from: begin + 40 * minute, to: begin + 70 * minute }],
    ['up to an instant', { to: begin + 70 * minute }],
    ['half an hour by the hour', { from: begin + 40 * minute, to: begin + 70 * minute, window: 'hour' }],
    ['what is to come', { from: end + 3_600_000 }],
  ])('hold %s', async (_, more) => {
    for (const part of [0.01, 0.4, 0.8, 1]) {
      const past = events.slice(0, Math.ceil(part * events.length));
      const place = past.at(-1)!.position;
      for (const on of [begin, begin + 60 * minute, end]) {
        const board = await ask(more, on, place);
        const unit = more.by === 'creator' ? 'millidiamonds' : 'coins';
        expect(board).toEqual({
          asOf: { generation: `log-${projectionsVersion}-log-of-specs`, position: place },
          unit,
          entries: addUp(past, { ...everything, ...more }, on),
        });
      }
    }
  });

  it('are no more of the log than their definition allows', async () => {
    const last = events.at(-1)!.position;
    const perMinute = events.length / minutes;
    const readFor = async (more: Partial<BoardDefinition>): Promise<number> => {
      const { store, read } = countReads(log.store);
      await ask(more, end, last, { store });
      return read.events / perMinute;
    };
    // In minutes: five of margin for clocks at either end, and what a page holds beyond.
    expect(await readFor({ lives: ['late'] })).toBeLessThanOrEqual(51);
    expect(await readFor({ from: begin + 130 * minute })).toBeLessThan(20 + 5 + 3);
    expect(await readFor({ lives: ['gala'], from: begin + 130 * minute })).toBeLessThan(20 + 5 + 3);
    expect(await readFor({ lives: ['nowhere'] })).toBe(0);
    expect(await readFor({ from: end + 3_600_000 })).toBeLessThan(5 + 3);
  });

  it('are read no further than the first seal that is younger', async () => {
    const { store, read } = countReads(log.store);
    const seen: string[] = [];
    const watched = {
      ...store,
      readAll: async (asked: Parameters<typeof store.readAll>[0]) => {
        const page = await store.readAll({ ...asked, limit: 5 });
        seen.push(page.upTo!);
        return page;
      },
    };
    const hour = { window: 'hour', on: begin, place: events.at(-1)!.position, limit: 10 } as const;
    await pastBoard({ store: watched }, { kind: 'creators', ...hour });
    expect(read.firstAfter).toBe('0');
    // The hour ends two minutes after the beginning, and clocks are at most five apart.
    const seal = events.find(
      ({ type, data }) => type === 'LogSealed' && Number(data.at) > begin + 7 * minute,
    );
    expect(Number(seen.at(-1))).toBeGreaterThan(Number(seal!.position) - 10);
    expect(Number(seen.at(-1))).toBeLessThan(Number(seal!.position) + 10);
  });

  it('of all time come from dumps of their own', async () => {
    const server = await startRedis();
    const redis = new Redis(server.url);
    const sources = { store: log.store, dumps: createRedisDumps(redis), dumpEveryEvents: 40 };
    const place = events.at(-1)!.position;
    for (const [board, more] of [
      ['spring', {}],
      ['summer', { gifts: ['lion'] }],
      ['spring', {}],
      // A log that was restored and went on otherwise may define the same id as something else.
      ['spring', { gifts: ['lion'] }],
      ['spring', { by: 'creator' }],
    ] as const) {
      const { entries } = await ask({ board, ...more }, end, place, sources);
      expect(entries).toEqual(addUp(events, { ...everything, ...more }, end));
    }
    redis.disconnect();
    await server.stop();
  });
});

describe('what operators leave out of a board', () => {
  it('is left out of no other', async () => {
    const log = await openPastLog();
    const [sent] = await log.send({ viewer: 'ann', at: begin, coins: 7 });
    await log.send({ viewer: 'bob', at: begin });
    await log.write(['log', 'EventSkipped', { event: sent!, unit: 'board:spring', by: 'olga', reason: 'r' }]);
    const place = (await log.store.head())!.position;
    const idsOf = async (board: string) => {
      const asked = { definition: { ...everything, board }, on: begin, place, limit: 10 };
      return (await pastDefinedBoard(log, asked)).entries.map(({ id }) => id);
    };
    expect(await idsOf('spring')).toEqual(['bob']);
    expect(await idsOf('summer')).toEqual(['ann', 'bob']);
    await log.close();
  });
});
