import { startRedis } from '@carat/local';
import { http } from '@carat/protocol';
import { beginGeneration, connectRedis, createReader } from '@carat/read-models';
import { createLogger } from '@carat/service-kit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NumbersReader } from '../numbers.ts';
import {
  creator,
  operator,
  otherCreator,
  service,
  startApi,
  unreadable,
  viewer,
} from '../testing/api-under-test.ts';

const asOf = { generation: 'ab12', position: '17' };
const totals = { coins: 50, gifts: 10, senders: 2, millidiamonds: 50_000 };
const perGift = [{ gift: 'rose', gifts: 10, coins: 50 }];
const entries = [{ id: 'vera', score: 30 }];
const booking = {
  position: '17',
  combo: 'c',
  viewer: 'vera',
  gift: 'rose',
  booked: 1,
  count: 1,
  coins: 5,
  at: 1,
};

const l1 = { live: 'l1', creator: 'carla' };
/** Known numbers, and what was asked. */
const asked: unknown[][] = [];
const known: NumbersReader = {
  ...unreadable,
  liveTotals: async (...args) => {
    asked.push(['liveTotals', ...args]);
    return { asOf, totals, perGift };
  },
  liveBoard: async (...args) => {
    asked.push(['liveBoard', ...args]);
    return { asOf, entries };
  },
  liveFeed: async (...args) => {
    asked.push(['liveFeed', ...args]);
    return { asOf, bookings: [booking], next: '17', gap: false };
  },
  earnings: async (...args) => {
    asked.push(['earnings', ...args]);
    return { asOf, millidiamonds: 9, coins: 8, gifts: 7 };
  },
  board: async (...args) => {
    asked.push(['board', ...args]);
    return { asOf, entries };
  },
};

const numberRoutes = [
  '/lives/l1/totals',
  '/lives/l1/board',
  '/lives/l1/feed',
  '/creators/carla/earnings',
  '/boards/creators?window=day',
  '/boards/gifters?window=week',
];

describe('numbers', () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  beforeAll(async () => {
    api = await startApi({ numbers: known });
    await api.call('POST', '/lives', creator, { live: 'l1', creator: 'carla' });
  });
  afterAll(() => api.close());

  it('of a live: diamonds only for its creator and the platform', async () => {
    const open = { live: 'l1', asOf, coins: 50, gifts: 10, senders: 2, perGift };
    for (const who of [viewer, otherCreator, { sub: 'carla', roles: ['viewer'] }]) {
      expect(await api.call('GET', '/lives/l1/totals', who)).toEqual({ status: 200, body: open });
    }
    for (const who of [creator, service, operator]) {
      const { body } = await api.call('GET', '/lives/l1/totals', who);
      expect(http.totals.parse(body)).toEqual({ ...open, millidiamonds: 50_000 });
    }
  });

  it('of boards and feeds say what they are and as of when', async () => {
    const board = { asOf, unit: 'coins', entries };
    expect((await api.call('GET', '/lives/l1/board?limit=1000', viewer)).body).toEqual(board);
    expect(asked.at(-1)).toMatchObject(['liveBoard', l1, 1_000]);
    expect((await api.call('GET', '/lives/l1/board', viewer)).body).toEqual(board);
    expect(asked.at(-1)).toMatchObject(['liveBoard', l1, 10]);
    expect((await api.call('GET', '/boards/gifters?window=week&on=5&limit=3', viewer)).body).toEqual(board);
    expect(asked.at(-1)).toEqual(['board', 'gifters', 'week', 5, 3]);
    const creators = (await api.call('GET', '/boards/creators?window=hour&on=5', viewer)).body;
    expect(creators).toEqual({ ...board, unit: 'millidiamonds' });
    expect(asked.at(-1)).toEqual(['board', 'creators', 'hour', 5, 10]);
    const feed = { live: 'l1', asOf, bookings: [booking], next: '17', gap: false };
    expect((await api.call('GET', '/lives/l1/feed', viewer)).body).toEqual(feed);
    expect(asked.at(-1)).toMatchObject(['liveFeed', l1, { limit: 100 }]);
    expect((await api.call('GET', '/lives/l1/feed?after=16&limit=2', viewer)).body).toEqual(feed);
    expect(asked.at(-1)).toMatchObject(['liveFeed', l1, { after: '16', limit: 2 }]);
  });

  it('of a board without an instant are of the window that the clock is in', async () => {
    const before = Date.now();
    await api.call('GET', '/boards/creators', viewer);
    const [, kind, window, at] = asked.at(-1)!;
    expect([kind, window]).toEqual(['creators', 'all']);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  it('of a creator are told to it and the platform only', async () => {
    const body = { creator: 'carla', asOf, millidiamonds: 9, coins: 8, gifts: 7 };
    for (const who of [creator, service, operator]) {
      expect(await api.call('GET', '/creators/carla/earnings', who)).toEqual({ status: 200, body });
    }
    for (const who of [viewer, otherCreator, { sub: 'carla', roles: ['viewer'] }]) {
      await api.callRefused('forbidden', 'GET', '/creators/carla/earnings', who);
    }
  });

  it.each(['totals', 'board', 'feed'])('%s of a live that nobody started are refused', async (what) => {
    await api.callRefused('live_unknown', 'GET', `/lives/nowhere/${what}`, viewer);
  });

  it.each([
    '/lives/l1/board?limit=1001',
    '/lives/l1/board?limit=0',
    '/lives/l1/feed?after=-1',
    '/lives/l1/feed?after=x',
    '/boards/creators?window=month',
    '/boards/gifters?window=hour',
    '/boards/gifters?on=-1',
    '/boards/gifters?at=-1',
    '/boards/gifters?at=@x',
    '/lives/l1/totals?at=2026-11-23T12:00',
    '/boards/gifters?at=yesterday',
  ])('refuses %s', async (url) => {
    await api.callRefused('invalid', 'GET', url, viewer);
  });

  it.each(numberRoutes)('%s wants a token', async (url) => {
    await api.callRefused('unauthenticated', 'GET', url);
  });
});

describe('numbers with a real Redis', () => {
  const log = createLogger({ service: 'api', level: 'silent' });
  let redisServer: Awaited<ReturnType<typeof startRedis>>;
  let redis: ReturnType<typeof connectRedis>;
  let api: Awaited<ReturnType<typeof startApi>>;
  beforeAll(async () => {
    redisServer = await startRedis();
    redis = connectRedis(redisServer.url, log);
    api = await startApi({ numbers: createReader(redis) });
    await vi.waitFor(() => expect(redis.status).toBe('ready'), 5_000);
    await api.call('POST', '/lives', creator, { live: 'l1', creator: 'carla' });
  });
  afterAll(async () => {
    redis.disconnect();
    await api.close();
    await redisServer.stop();
  });

  const expectOverloaded = async (message: RegExp) => {
    for (const url of numberRoutes) {
      const refused = await api.callRefused('overloaded', 'GET', url, operator);
      expect(refused.message).toMatch(message);
      expect(refused.retryAfterMs).toBeGreaterThan(0);
    }
  };

  it('that holds none: they are unknown, not zero', async () => {
    await expectOverloaded(/being rebuilt/);
    await beginGeneration(redis, { projections: 1, log: 'a-log' }, undefined);
    await expectOverloaded(/being rebuilt/);
  });

  it('that is away: numbers are refused, everything else goes on, until it is back', async () => {
    await redisServer.stop();
    await vi.waitFor(() => expect(redis.status).not.toBe('ready'), 5_000);
    await expectOverloaded(/cannot be read right now/);
    const response = await api.send('GET', '/boards/creators', { as: viewer });
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);

    const grant = { grant: 'g1', viewer: 'vera', coins: 5 };
    expect((await api.call('POST', '/grants', service, grant)).status).toBe(200);
    expect((await api.call('GET', '/wallets/vera', viewer)).body.balance).toBe(5);
    const rose = { name: 'Rose', coins: 1, streakable: true };
    expect((await api.call('PUT', '/catalogue/rose', service, rose)).status).toBe(200);
    expect((await api.call('POST', '/lives/l1/end', creator)).status).toBe(200);
    expect((await api.call('GET', '/readyz')).body.ok).toBe(true);

    redisServer = await startRedis({ port: Number(new URL(redisServer.url).port) });
    await vi.waitFor(() => expect(redis.status).toBe('ready'), 10_000);
    await expectOverloaded(/being rebuilt/);
  });
});
