import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { streams } from '@carat/domain';
import { type EventStore, openEventStore } from '@carat/event-store';
import { createLogger } from '@carat/service-kit';
import { v4 } from 'uuid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openReference, type Reference } from './reference.ts';

const silent = createLogger({ service: 'test', level: 'silent' });

let folder: string;
let store: EventStore;
let reference: Reference;
const of = { live: 'l1', creator: 'c1', by: 'c1', at: 1 };

type Told = { type: string; data: object };
const appendTo = async (stream: string, ...events: Told[]): Promise<void> => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const expected = page.exists ? page.last : 'no_stream';
  const stored = events.map(({ type, data }) => ({ id: v4(), type, data: { ...of, ...data } }));
  expect(await store.append([{ stream, expected, events: stored }])).toMatchObject({ appended: true });
};
const append = (...events: Told[]): Promise<void> => appendTo(streams.live('l1'), ...events);
const blocks = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({ type: 'ViewerBlocked', data: { viewer: `v${from + n}` } }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carat-reference-'));
  store = await openEventStore(`sqlite:${join(folder, 'carat.db')}`);
  await append({ type: 'LiveStarted', data: { title: 'Gala' } });
  reference = await openReference({ store, log: silent });
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

const say = (type: string, data: object): Promise<void> =>
  appendTo(streams.standing('c1'), { type, data: { reason: 'r', ...data } });
const freezeUntil = (until: number | null): Promise<void> => say('CreatorFrozen', { until });

it('knows who takes no gifts: said before the live was read, or later', async () => {
  await freezeUntil(null);
  await reference.findLive('l1');
  expect(reference.takesNoGifts('l1', 1)).toBe(true);
  await say('CreatorReleased', {});
  await reference.catchUp();
  expect(reference.takesNoGifts('l1', 1)).toBe(false);
  await freezeUntil(500);
  await reference.catchUp();
  expect([499, 500].map((at) => reference.takesNoGifts('l1', at))).toEqual([true, false]);
});

it('knows it also of a live that was asked for before it began', async () => {
  await freezeUntil(null);
  expect(await reference.findLive('l2')).toEqual({ status: 'unknown' });
  await appendTo(streams.live('l2'), { type: 'LiveStarted', data: { live: 'l2', title: null } });
  await reference.catchUp();
  expect(await reference.findLive('l2')).toMatchObject({ status: 'running' });
  expect(reference.takesNoGifts('l2', 1)).toBe(true);
});

it('hears of restrictions within its bound, and keeps them while the live changes', async () => {
  await reference.findLive('l1');
  const follows = { giftsOffUntil: 9, redemptionHeldUntil: null, closed: false };
  await say('ViolationRecorded', { violation: 'v', guideline: 'g', ...follows });
  await expect.poll(() => reference.takesNoGifts('l1', 8)).toBe(true);
  expect(reference.takesNoGifts('l1', 9)).toBe(false);
  await append({ type: 'LiveGoalSet', data: { title: 'A hat', coins: 500 } });
  await reference.catchUp();
  expect(reference.takesNoGifts('l1', 8)).toBe(true);
  expect(reference.takesNoGifts('another', 8)).toBe(false);
});

it('is of no restriction what else is said of a creator', async () => {
  await say('IdentityStatusSet', { status: 'rejected', reference: null });
  await reference.findLive('l1');
  await say('PayoutMethodRemoved', {});
  await reference.catchUp();
  expect(reference.takesNoGifts('l1', 1)).toBe(false);
});

/** The store of the moment, of which streams are read in a way of their own. */
const reading = (readStream: EventStore['readStream']): EventStore => ({
  append: (writes) => store.append(writes),
  readStream,
  readAll: (read) => store.readAll(read),
  head: () => store.head(),
  eventAt: (position) => store.eventAt(position),
  onMore: (listener) => store.onMore(listener),
  close: () => store.close(),
});

it('never misses what is said while the live is being read', async () => {
  reference.close();
  let meanwhile: (() => Promise<void>) | undefined = async () => {
    meanwhile = undefined;
    await freezeUntil(null);
    await reference.catchUp();
  };
  const readStream: EventStore['readStream'] = async (stream, read) => {
    const page = await store.readStream(stream, read);
    if (stream === streams.standing('c1')) await meanwhile?.();
    return page;
  };
  reference = await openReference({ store: reading(readStream), log: silent });
  await reference.findLive('l1');
  expect(meanwhile).toBeUndefined();
  expect(reference.takesNoGifts('l1', 1)).toBe(true);
});

it('keeps nothing of a live that was being read when the log was swapped', async () => {
  reference.close();
  const first = store;
  let isRead = false;
  const readStream: EventStore['readStream'] = async (stream, read) => {
    const page = await store.readStream(stream, read);
    if (stream !== streams.live('l1') || isRead) return page;
    isRead = true;
    store = await openEventStore(`sqlite:${join(folder, 'another.db')}`);
    await append({ type: 'LiveStarted', data: { creator: 'c2', title: 'Show' } });
    await appendTo(streams.standing('c2'), { type: 'CreatorFrozen', data: { reason: 'r', until: null } });
    await reference.catchUp();
    return page;
  };
  reference = await openReference({ store: reading(readStream), log: silent });
  try {
    expect(await reference.findLive('l1')).toMatchObject({ creator: 'c2' });
    expect(reference.takesNoGifts('l1', 1)).toBe(true);
  } finally {
    await first.close();
  }
});
