import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { streams } from '@carat/domain';
import { type EventStore, openEventStore } from '@carat/event-store';
import { createLogger } from '@carat/service-kit';
import { v4 } from 'uuid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openReference, type Reference } from './reference.ts';

let folder: string;
let store: EventStore;
let reference: Reference;
const of = { live: 'l1', creator: 'c1', by: 'c1', at: 1 };

const append = async (...events: { type: string; data: object }[]): Promise<void> => {
  const page = await store.readStream(streams.live('l1'), { direction: 'backwards', limit: 1 });
  const expected = page.exists ? page.last : 'no_stream';
  const stored = events.map(({ type, data }) => ({ id: v4(), type, data: { ...of, ...data } }));
  expect(await store.append([{ stream: streams.live('l1'), expected, events: stored }])).toMatchObject({
    appended: true,
  });
};
const blocks = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({ type: 'ViewerBlocked', data: { viewer: `v${from + n}` } }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carat-reference-'));
  store = await openEventStore(`sqlite:${join(folder, 'carat.db')}`);
  await append({ type: 'LiveStarted', data: { title: 'Gala' } });
  reference = await openReference({ store, log: createLogger({ service: 'test', level: 'silent' }) });
});
afterEach(async () => {
  reference.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const blockedIn = async (): Promise<ReadonlySet<string>> => {
  const live = await reference.findLive('l1');
  return live.status === 'unknown' ? new Set() : live.blocked;
};

it('knows whom a live blocks, also of a stream of several pages', async () => {
  for (let n = 0; n < 2_400; n += 400) await append(...blocks(n, n + 400));
  await append({ type: 'ViewerUnblocked', data: { viewer: 'v7' } });
  expect((await blockedIn()).size).toBe(2_399);
  await append(...blocks(2_400, 2_410), { type: 'ViewerUnblocked', data: { viewer: 'v2405' } });
  await reference.catchUp();
  const blocked = await blockedIn();
  expect(blocked.size).toBe(2_408);
  expect([blocked.has('v2405'), blocked.has('v2404'), blocked.has('v7')]).toEqual([false, true, false]);
});

it('tells of goals and ends within its bound, without being asked', async () => {
  await reference.findLive('l1');
  const told: string[] = [];
  reference.onLiveChanged((live) => told.push(live));
  await append({ type: 'LiveGoalSet', data: { title: 'A hat', coins: 500 } });
  await expect.poll(() => told).toEqual(['l1']);
  expect(await reference.findLive('l1')).toMatchObject({
    title: 'Gala',
    goal: { title: 'A hat', coins: 500 },
  });
  await append({ type: 'LiveEnded', data: {} });
  await expect.poll(() => told).toEqual(['l1', 'l1']);
  expect(reference.live('l1')).toMatchObject({ status: 'ended', goal: { coins: 500 } });
});
