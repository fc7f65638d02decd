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
const block = (live: string, viewer: string, as = creator) =>
  api.call('POST', `/lives/${live}/blocks`, as, { viewer });

it('are made and taken back by the creator and the platform; again is no event', async () => {
  await start('l1');
  for (const who of [creator, creator, service, operator]) {
    expect(await block('l1', 'vera', who)).toEqual({
      status: 200,
      body: { live: 'l1', viewer: 'vera', blocked: true },
    });
  }
  const listed = (await api.call('GET', '/lives/l1/blocks', creator)).body;
  expect(http.blocks.strict().parse(listed)).toEqual({ live: 'l1', viewers: ['vera'], next: null });
  for (let i = 0; i < 2; i++) {
    expect(await api.call('DELETE', '/lives/l1/blocks/vera', creator)).toEqual({
      status: 200,
      body: { live: 'l1', viewer: 'vera', blocked: false },
    });
  }
  expect((await api.call('GET', '/lives/l1/blocks', operator)).body.viewers).toEqual([]);
  const page = await api.store.readStream(streams.live('l1'), { limit: 10 });
  expect(page.exists && page.events.map(({ type }) => type)).toEqual([
    'LiveStarted',
    'ViewerBlocked',
    'ViewerUnblocked',
  ]);
  expect((await api.call('GET', '/lives/l1', viewer)).body).not.toHaveProperty('blocked');
});

it('are listed page by page, in the order of ids', async () => {
  await start('l2');
  const viewers = ['v5', 'v1', 'v3', 'v2', 'v4'];
  for (const each of viewers) await block('l2', each);
  const seen: unknown[] = [];
  for (let next: unknown = ''; next !== null; ) {
    const after: string = next ? `&after=${next}` : '';
    const { body } = await api.call('GET', `/lives/l2/blocks?limit=2${after}`, creator);
    seen.push(body.viewers);
    next = body.next;
  }
  expect(seen).toEqual([['v1', 'v2'], ['v3', 'v4'], ['v5']]);
});

it('are taken back and made also after the end', async () => {
  await start('l3');
  await api.call('POST', '/lives/l3/end', creator);
  expect((await block('l3', 'vera')).body.blocked).toBe(true);
  expect((await api.call('DELETE', '/lives/l3/blocks/vera', creator)).body.blocked).toBe(false);
});

it('are refused to others, without a live or a token, and where they are none', async () => {
  await start('l4');
  for (const who of [viewer, otherCreator, { sub: creator.sub, roles: ['viewer'] }]) {
    await api.callRefused('forbidden', 'POST', '/lives/l4/blocks', who, { viewer: 'vera' });
    await api.callRefused('forbidden', 'DELETE', '/lives/l4/blocks/vera', who);
    await api.callRefused('forbidden', 'GET', '/lives/l4/blocks', who);
  }
  await api.callRefused('unauthenticated', 'GET', '/lives/l4/blocks');
  await api.callRefused('live_unknown', 'POST', '/lives/nowhere/blocks', creator, { viewer: 'vera' });
  await api.callRefused('live_unknown', 'DELETE', '/lives/nowhere/blocks/vera', creator);
  await api.callRefused('live_unknown', 'GET', '/lives/nowhere/blocks', creator);
  await api.callRefused('invalid', 'POST', '/lives/l4/blocks', creator, { viewer: 'a b' });
  await api.callRefused('invalid', 'GET', '/lives/l4/blocks?limit=0', creator);
});
