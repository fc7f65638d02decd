import { http } from '@carat/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
const [minuteMs, dayMs] = [60_000, 86_400_000];
const booked = [{ from: 60_000, coins: 5, gifts: 1, millidiamonds: 5_000 }];
const listed = {
  live: 'l1',
  title: 'Hello',
  startedAt: 9,
  coins: 5,
  gifts: 1,
  millidiamonds: 5_000,
  senders: 1,
};

/** What was asked, last. */
let asked: unknown[] = [];
const known: NumbersReader = {
  ...unreadable,
  liveMinutes: async (...args) => {
    asked = args;
    return { asOf, minutes: booked };
  },
  creatorDays: async (...args) => {
    asked = args;
    return { asOf, days: booked };
  },
  creatorLives: async (...args) => {
    asked = args;
    return { asOf, lives: [listed], next: 9 };
  },
};

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi({ numbers: known });
  await api.call('POST', '/lives', creator, { live: 'l1', creator: 'carla' });
});
afterAll(() => api.close());

it('minutes of a live: of the last 24 hours, or those before an instant', async () => {
  const before = Date.now();
  const { body } = await api.call('GET', '/lives/l1/minutes', creator);
  expect(http.liveMinutes.strict().parse(body)).toEqual({ live: 'l1', asOf, minutes: booked });
  const [of, { from, to }] = asked as [object, { from: number; to: number }];
  expect(of).toEqual({ live: 'l1', creator: 'carla' });
  expect(to).toBeGreaterThanOrEqual(before);
  expect(Math.ceil(to / minuteMs) - from / minuteMs).toBe(1_440);
  await api.call('GET', `/lives/l1/minutes?before=${2 * dayMs}`, creator);
  expect(asked[1]).toEqual({ from: dayMs, to: 2 * dayMs });
  await api.call('GET', '/lives/l1/minutes?before=5', creator);
  expect(asked[1]).toEqual({ from: 0, to: 5 });
});

it('minutes of a live that is over end with it, however long ago that was', async () => {
  await api.call('POST', '/lives', creator, { live: 'l2', creator: 'carla' });
  const { endedAt } = (await api.call('POST', '/lives/l2/end', creator)).body as { endedAt: number };
  await api.call('GET', '/lives/l2/minutes', creator);
  expect(asked[1]).toMatchObject({ to: endedAt + 60_000 });
});

it('days of a creator: of the last year, or the one before an instant', async () => {
  const { body } = await api.call('GET', '/creators/carla/days', creator);
  expect(http.creatorDays.strict().parse(body)).toEqual({ creator: 'carla', asOf, days: booked });
  await api.call('GET', `/creators/carla/days?before=${400 * dayMs + 1}`, creator);
  expect(asked).toEqual(['carla', { from: 35 * dayMs, to: 400 * dayMs + 1 }]);
});

it('lives of a creator, page by page', async () => {
  const { body } = await api.call('GET', '/creators/carla/lives', creator);
  expect(http.creatorLives.strict().parse(body)).toEqual({
    creator: 'carla',
    asOf,
    lives: [listed],
    next: 9,
  });
  expect(asked).toEqual(['carla', { before: undefined, limit: 20 }]);
  await api.call('GET', '/creators/carla/lives?before=9&limit=3', creator);
  expect(asked).toEqual(['carla', { before: 9, limit: 3 }]);
});

const routes = ['/lives/l1/minutes', '/creators/carla/days', '/creators/carla/lives'];

it.each(routes)('%s is told to the creator and the platform only', async (url) => {
  for (const who of [creator, service, operator]) expect((await api.call('GET', url, who)).status).toBe(200);
  for (const who of [viewer, otherCreator, { sub: 'carla', roles: ['viewer'] }]) {
    await api.callRefused('forbidden', 'GET', url, who);
  }
  await api.callRefused('unauthenticated', 'GET', url);
  await api.callRefused('invalid', 'GET', `${url}?before=-1`, creator);
  await api.callRefused('invalid', 'GET', `${url}?after=1`, creator);
});

it('refuses minutes of a live that nobody started, and numbers that cannot be read', async () => {
  await api.callRefused('live_unknown', 'GET', '/lives/nowhere/minutes', operator);
  await api.callRefused('invalid', 'GET', '/creators/carla/lives?limit=101', creator);
  const away = await startApi({ store: api.store });
  for (const url of routes) await away.callRefused('overloaded', 'GET', url, operator);
  await away.close();
});
