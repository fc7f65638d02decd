import { streams } from '@carat/domain';
import { http } from '@carat/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { creator, operator, otherCreator, service, startApi, viewer } from '../testing/api-under-test.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const start = (live: string) => api.call('POST', '/lives', creator, { live, creator: creator.sub });
const goal = { title: 'A new microphone', coins: 5_000 };
const eventsOf = async (live: string) => {
  const page = await api.store.readStream(streams.live(live), { limit: 100 });
  return page.exists ? page.events.map(({ type }) => type) : [];
};

it('is set, changed and taken away by the creator, and read by everybody', async () => {
  const { body: started } = await start('l1');
  const set = await api.call('PUT', '/lives/l1/goal', creator, goal);
  expect(set).toEqual({ status: 200, body: { ...started, goal } });
  expect(http.live.strict().parse(set.body).goal).toEqual(goal);
  expect(await api.call('GET', '/lives/l1', viewer)).toEqual(set);
  const more = { ...goal, coins: 9_000 };
  expect((await api.call('PUT', '/lives/l1/goal', operator, more)).body.goal).toEqual(more);
  expect((await api.call('DELETE', '/lives/l1/goal', creator)).body).toEqual(started);
});

it('that is the same again, or away already, is no event', async () => {
  await start('l2');
  for (let i = 0; i < 2; i++) await api.call('PUT', '/lives/l2/goal', service, goal);
  for (let i = 0; i < 2; i++) await api.call('DELETE', '/lives/l2/goal', service);
  expect(await eventsOf('l2')).toEqual(['LiveStarted', 'LiveGoalSet', 'LiveGoalSet']);
});

it('is refused to others, without a live or a token, after the end, and where it is none', async () => {
  await start('l3');
  for (const who of [viewer, otherCreator, { sub: creator.sub, roles: ['viewer'] }]) {
    await api.callRefused('forbidden', 'PUT', '/lives/l3/goal', who, goal);
    await api.callRefused('forbidden', 'DELETE', '/lives/l3/goal', who);
  }
  await api.callRefused('unauthenticated', 'PUT', '/lives/l3/goal', undefined, goal);
  await api.callRefused('live_unknown', 'PUT', '/lives/nowhere/goal', creator, goal);
  for (const bad of [
    { ...goal, coins: 0 },
    { ...goal, title: '' },
    { coins: 5 },
    { ...goal, colour: 'red' },
  ]) {
    await api.callRefused('invalid', 'PUT', '/lives/l3/goal', creator, bad);
  }
  await api.call('POST', '/lives/l3/end', creator);
  await api.callRefused('live_ended', 'PUT', '/lives/l3/goal', creator, goal);
  await api.callRefused('live_ended', 'DELETE', '/lives/l3/goal', creator);
  expect(await eventsOf('l3')).toEqual(['LiveStarted', 'LiveEnded']);
});
