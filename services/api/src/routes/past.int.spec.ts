import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { logCreated } from '@carat/domain';
import { http } from '@carat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { createPast } from '../past.ts';
import {
  changeStore,
  creator,
  operator,
  otherCreator,
  service,
  startApi,
  viewer,
} from '../testing/api-under-test.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const asOf = (position: string) => ({ generation: expect.stringMatching(/^log-\d+-a-log$/), position });

/** No read models are there: whatever is answered comes from the log. */
describe('numbers of the past', () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  beforeAll(async () => {
    api = await startApi();
    await api.store.append([logCreated(randomUUID(), 'a-log')]);
    const write = (stream: string, expected: 'no_stream' | number, type: string, data: object) =>
      api.store.append([{ stream, expected, events: [{ id: randomUUID(), type, data: { ...data } }] }]);
    const started = { live: 'l1', creator: 'carla', title: null, by: 'carla', at: noon };
    await write('live-l1', 'no_stream', 'LiveStarted', started);
    const combo = '019ac000-0000-7000-8000-000000000001';
    for (const [n, by] of ['vera', 'vic', 'vera'].entries()) {
      const terms = {
        combo,
        viewer: by,
        live: 'l1',
        creator: 'carla',
        gift: 'rose',
        unitCoins: 5,
        rate: 2_000,
      };
      const booked = {
        booked: 1,
        count: n + 1,
        coins: 5,
        millidiamonds: 10_000,
        after: { balance: 100 - n },
      };
      const at = noon + (n + 1) * 1_000;
      const expected = n === 2 ? 0 : 'no_stream';
      await write(`wallet-${by}`, expected, 'GiftSent', { ...terms, ...booked, at });
    }
  });
  afterAll(() => api.close());

  const routes = [
    '/lives/l1/totals',
    '/lives/l1/board',
    '/creators/carla/earnings',
    '/boards/creators',
    '/boards/gifters',
    '/wallets/vera',
  ];
  const creatorsOwn = routes.slice(0, 3);

  it('are told as of an instant, or a position, in the shapes of today', async () => {
    const ask = async (path: string, at: string) =>
      (await api.call('GET', `${path}?at=${at}`, operator)).body;
    const totals = { live: 'l1', coins: 10, gifts: 2, senders: 2, millidiamonds: 20_000 };
    const perGift = [{ gift: 'rose', gifts: 2, coins: 10 }];
    for (const at of [
      '@4',
      String(noon + 2_999),
      '2026-11-23T12:00:02.999Z',
      '2026-11-23T14:00:02%2B02:00',
    ]) {
      const found = await ask('/lives/l1/totals', at);
      expect(http.totals.strict().parse(found)).toEqual({ ...totals, perGift, asOf: asOf('4') });
    }
    const entries = [
      { id: 'vera', score: 5 },
      { id: 'vic', score: 5 },
    ];
    expect(await ask('/lives/l1/board', '@4')).toEqual({ asOf: asOf('4'), unit: 'coins', entries });
    expect(await ask('/boards/gifters', '@4')).toEqual({ asOf: asOf('4'), unit: 'coins', entries });
    // The window is that of the moment, unless it is said.
    expect((await ask('/boards/creators', '@4&window=hour')).entries).toEqual([
      { id: 'carla', score: 20_000 },
    ]);
    expect((await ask('/boards/creators', `@4&window=hour&on=${noon - 1}`)).entries).toEqual([]);
    const earned = { creator: 'carla', millidiamonds: 30_000, coins: 15, gifts: 3 };
    expect(await ask('/creators/carla/earnings', '@5')).toEqual({ ...earned, asOf: asOf('5') });
    expect(await ask('/wallets/vera', '@4')).toEqual({ viewer: 'vera', balance: 100, position: '3' });
    expect(await ask('/wallets/vera', '@5')).toEqual({ viewer: 'vera', balance: 98, position: '5' });
  });

  it('are told to the platform', async () => {
    for (const route of routes) {
      for (const who of [service, operator]) {
        expect((await api.call('GET', `${route}?at=@5`, who)).status, route).toBe(200);
      }
    }
  });

  it('are told to a creator of its own lives and earnings only', async () => {
    for (const route of routes) {
      const url = `${route}?at=@5`;
      if (creatorsOwn.includes(route)) expect((await api.call('GET', url, creator)).status, route).toBe(200);
      else await api.callRefused('forbidden', 'GET', url, creator);
    }
  });

  it('are told to nobody else', async () => {
    for (const route of routes) {
      for (const who of [viewer, otherCreator, { sub: 'carla', roles: ['viewer'] }]) {
        await api.callRefused('forbidden', 'GET', `${route}?at=@5`, who);
      }
      await api.callRefused('unauthenticated', 'GET', `${route}?at=@5`);
    }
  });

  it('of a live that had not begun are refused', async () => {
    for (const what of ['totals', 'board']) {
      await api.callRefused('live_unknown', 'GET', `/lives/l1/${what}?at=@1`, creator);
    }
  });

  it('are folded a few at a time', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const store = changeStore(api.store, { head: () => held.then(() => api.store.head()) });
    const past = createPast(store, undefined);
    const ask = () => past.earnings('carla', { position: '5' });
    const answers = Array.from({ length: limits.maxLooksBack }, ask);
    expect(await ask()).toMatchObject({ refused: 'overloaded', retry: true });
    release();
    for (const answer of answers) expect(await answer).toMatchObject({ coins: 15 });
    expect(await ask()).toMatchObject({ coins: 15 });
  });

  it('are given up where they take too long', async () => {
    const slowly = async () => {
      await once(AbortSignal.timeout(20), 'abort');
      return api.store.head();
    };
    const past = createPast(changeStore(api.store, { head: slowly }), undefined, 1);
    const refused = await past.earnings('carla', { position: '5' });
    expect(refused).toMatchObject({ refused: 'overloaded', message: expect.stringContaining('too long') });
  });
});
