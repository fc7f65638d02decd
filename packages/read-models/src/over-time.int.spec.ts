import type { Event } from '@carat/domain';
import { addChanges, emptyBatch, project } from '@carat/projections';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { giftSent, liveStarted } from '../../projections/src/testing.ts';
import { activeGeneration } from './generations.ts';
import { readLedgers } from './ledgers.ts';
import { dayMs, maxSpans, minuteMs } from './over-time.ts';
import { createReader } from './reader.ts';
import { freshGeneration, openRedis } from './testing/redis.ts';
import { createWriter } from './writer.ts';

let server: Awaited<ReturnType<typeof openRedis>>;
let redis: Redis;
let generation: string;
let position = 0;

beforeAll(async () => {
  server = await openRedis();
  redis = server.connect();
});
afterAll(() => server.close());
beforeEach(async () => {
  generation = await freshGeneration(redis);
  position = 0;
});

/** Applies events as the projector does. */
const apply = async (events: readonly Event[], { unit = 'creators', atHead = true } = {}): Promise<void> => {
  const batch = emptyBatch();
  for (const event of events) {
    position += 1;
    addChanges(batch, project(unit as 'creators', event, String(position)), String(position));
  }
  const writer = createWriter(redis, generation, unit as 'creators');
  await writer.resume();
  const sent = await writer.send(batch, { position: String(position), event: `event-${position}`, atHead });
  if ('done' in sent) expect((await sent.done).outcome).toBe('applied');
};
const start = (live: string, at: number, title: string | null = null): Event => ({
  ...liveStarted,
  data: { ...liveStarted.data, live, title, at },
});
const gala = { live: 'gala', creator: 'cleo' };
const asOf = (place: number) => ({ generation, position: String(place) });
const noon = Date.parse('2026-11-22T12:00:00Z');
const one = { coins: 10, gifts: 2, millidiamonds: 10_000 };

it('tells minutes and days in order, those asked for, and none in which nothing was booked', async () => {
  const ats = [noon + 3 * minuteMs, noon, noon + 59_999, noon + dayMs];
  await apply(ats.map((at) => giftSent({ at })));
  const reader = createReader(redis);
  const twice = { coins: 20, gifts: 4, millidiamonds: 20_000 };
  expect(await reader.liveMinutes(gala, { from: noon, to: noon + 10 * minuteMs })).toEqual({
    asOf: asOf(4),
    minutes: [
      { from: noon, ...twice },
      { from: noon + 3 * minuteMs, ...one },
    ],
  });
  expect((await reader.liveMinutes(gala, { from: noon + 1, to: noon + minuteMs }))?.minutes).toHaveLength(1);
  expect((await reader.liveMinutes(gala, { from: noon, to: noon }))?.minutes).toEqual([]);
  expect((await reader.liveMinutes({ ...gala, live: 'other' }, { from: 0, to: noon }))?.minutes).toEqual([]);
  const day = noon - (noon % dayMs);
  expect(await reader.creatorDays('cleo', { from: noon, to: noon + 2 * dayMs })).toEqual({
    asOf: asOf(4),
    days: [
      { from: day, coins: 30, gifts: 6, millidiamonds: 30_000 },
      { from: day + dayMs, ...one },
    ],
  });
});

it('reads so many minutes at once, and no more', async () => {
  const last = noon + (maxSpans - 1) * minuteMs;
  await apply([last, last + minuteMs].map((at) => giftSent({ at })));
  const found = await createReader(redis).liveMinutes(gala, { from: noon, to: noon + 10 * dayMs });
  expect(found?.minutes.map(({ from }) => from)).toEqual([last]);
});

it('tells lives newest first, with what each has brought in, page by page and none twice', async () => {
  await apply([
    start('l1', 1_000),
    start('l2', 2_000, 'Title 5 with 7'),
    start('l3', 3_000),
    start('l4', 3_000),
    start('l5', 4_000),
    giftSent({ live: 'l2' }),
    giftSent({ live: 'l2', viewer: 'bob' }),
  ]);
  const reader = createReader(redis);
  const none = { title: null, coins: 0, gifts: 0, millidiamonds: 0, senders: 0 };
  expect(await reader.creatorLives('cleo', { limit: 2 })).toEqual({
    asOf: asOf(7),
    lives: [
      { live: 'l5', startedAt: 4_000, ...none },
      { live: 'l3', startedAt: 3_000, ...none },
      { live: 'l4', startedAt: 3_000, ...none },
    ],
    next: 3_000,
  });
  expect(await reader.creatorLives('cleo', { limit: 2, before: 3_000 })).toEqual({
    asOf: asOf(7),
    lives: [
      {
        live: 'l2',
        startedAt: 2_000,
        title: 'Title 5 with 7',
        coins: 20,
        gifts: 4,
        millidiamonds: 20_000,
        senders: 2,
      },
      { live: 'l1', startedAt: 1_000, ...none },
    ],
    next: null,
  });
  expect(await reader.creatorLives('nobody', { limit: 2 })).toEqual({ asOf: asOf(7), lives: [], next: null });
});

it('tells what each unit has booked, and nothing of one that is being filled', async () => {
  await apply([giftSent(), giftSent({ creator: 'dora' })]);
  await apply([giftSent()], { unit: 'boards', atHead: false });
  const active = (await activeGeneration(redis))!;
  const twice = { coins: 20, gifts: 4, millidiamonds: 20_000 };
  expect(await readLedgers(redis, active)).toEqual([
    { unit: 'creators', position: '2', booked: twice },
    { unit: 'boards', position: '3', booked: undefined },
  ]);
  expect(await createReader(redis).liveMinutes(gala, { from: 0, to: noon })).toBeDefined();
});
