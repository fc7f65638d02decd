import { EventStoreError } from '@carat/event-store';
import { http } from '@carat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeStore,
  creator,
  operator,
  otherCreator,
  service,
  startApi,
  viewer,
} from '../testing/api-under-test.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const start = (live: string, more: object = {}) =>
  api.call('POST', '/lives', creator, { live, creator: creator.sub, ...more });

describe('starting a live', () => {
  it('answers 201 with the live, and 200 with the same one while it runs', async () => {
    const first = await start('l1', { title: 'Hello' });
    expect(first.status).toBe(201);
    expect(http.live.parse(first.body)).toMatchObject({
      live: 'l1',
      creator: 'carla',
      title: 'Hello',
      endedAt: null,
    });
    expect(await start('l1', { title: 'Another title' })).toEqual({ status: 200, body: first.body });
  });

  it('names the live where the caller does not', async () => {
    const { status, body } = await api.call('POST', '/lives', service, { creator: 'carla' });
    expect(status).toBe(201);
    expect(body.live).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(body.title).toBeNull();
    expect(await api.call('GET', `/lives/${body.live}`, viewer)).toEqual({ status: 200, body });
  });

  it('refuses whoever is not its creator', async () => {
    const body = { live: 'l2', creator: 'carla' };
    await api.callRefused('forbidden', 'POST', '/lives', otherCreator, body);
    await api.callRefused('forbidden', 'POST', '/lives', { sub: 'carla', roles: ['viewer'] }, body);
    await api.callRefused('live_unknown', 'GET', '/lives/l2', viewer);
  });

  it('refuses an id that is another creator’s, and one of a live that is over', async () => {
    await start('l3');
    const taken = { live: 'l3', creator: 'chris' };
    await api.callRefused('live_exists_already', 'POST', '/lives', otherCreator, taken);
    await api.call('POST', '/lives/l3/end', creator);
    await api.callRefused('live_ended', 'POST', '/lives', creator, { live: 'l3', creator: 'carla' });
  });

  it('refuses what is no such request, with the place', async () => {
    const badId = await api.callRefused('invalid', 'POST', '/lives', creator, {
      live: 'a b',
      creator: 'carla',
    });
    expect(badId.path).toBe('live');
    const missing = await api.callRefused('invalid', 'POST', '/lives', creator, {});
    expect(missing.path).toBe('creator');
    const extra = { creator: 'carla', color: 'red' };
    expect((await api.callRefused('invalid', 'POST', '/lives', creator, extra)).message).toContain('color');
  });

  it('says how to repeat it where the outcome stays unknown', async () => {
    const store = changeStore(api.store, {
      append: () => Promise.reject(new EventStoreError('outcome_unknown', 'Cut.')),
    });
    const cut = await startApi({ store });
    const { message } = await cut.callRefused('outcome_unknown', 'POST', '/lives', service, {
      creator: 'carla',
    });
    expect(message).toMatch(/"live": "[0-9a-f-]{36}"/);
    await cut.close();
  });
});

describe('ending a live', () => {
  it('ends it once, and answers the same ever after', async () => {
    await start('e1');
    const ended = await api.call('POST', '/lives/e1/end', creator);
    expect(ended.status).toBe(200);
    const live = http.live.parse(ended.body);
    expect(live.endedAt).toBeGreaterThanOrEqual(live.startedAt);
    expect(await api.call('POST', '/lives/e1/end', operator)).toEqual(ended);
    expect(await api.call('GET', '/lives/e1', viewer)).toEqual(ended);
  });

  it('takes a request that declares an empty body as JSON', async () => {
    await start('e2');
    const headers = { 'content-type': 'application/json' };
    const response = await api.send('POST', '/lives/e2/end', { as: service, headers });
    expect(response.statusCode).toBe(200);
  });

  it('refuses others than its creator, and lives that nobody started', async () => {
    await start('e3');
    await api.callRefused('forbidden', 'POST', '/lives/e3/end', otherCreator);
    await api.callRefused('forbidden', 'POST', '/lives/e3/end', viewer);
    await api.callRefused('live_unknown', 'POST', '/lives/nowhere/end', creator);
    expect((await api.call('GET', '/lives/e3', viewer)).body.endedAt).toBeNull();
  });
});
