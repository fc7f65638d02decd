import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { type Follower, type FollowOptions, follow } from '../follow.ts';
import type { EventStore, LogPage, StoredEvent } from '../port.ts';
import { append, type Laws, newEvents, type Proof, readWholeLog } from './fixtures.ts';

const bounded = { timeout: 30_000, interval: 2 };

/** What follows a log, and what it was handed. */
export type Collected = { readonly follower: Follower; readonly events: StoredEvent[] };

/** Follows a log and keeps what comes. */
export const collect = (store: EventStore, options: Partial<FollowOptions> = {}): Collected => {
  const events: StoredEvent[] = [];
  const onPage = (page: LogPage): void => {
    events.push(...page.events);
  };
  return { events, follower: follow(store, { pageEvents: 20, onPage, ...options }) };
};

const writers = 8;
const batchesEach = 12;

/** Writers that each append batches of three to a stream of their own, in turns. */
const startWriting = async (stores: readonly EventStore[], prefix: string): Promise<void> => {
  const writing = Array.from({ length: writers }, async (_, place) => {
    const store = stores[place % stores.length] as EventStore;
    for (let batch = 0; batch < batchesEach; batch += 1) {
      const expected = batch === 0 ? 'no_stream' : batch * 3 - 1;
      await append(store, `${prefix}${place}`, expected, newEvents(3));
      await nextTurn();
    }
  });
  await Promise.all(writing);
};

const written = writers * batchesEach * 3;

const throughTheSwitch =
  (several: boolean): Proof =>
  async ({ store, open }) => {
    await append(store, 'a-0', 'no_stream', newEvents(150));
    const log = await readWholeLog(store);
    const writing = startWriting(several ? [store, await open()] : [store], 'b-');
    const reader = several ? await open() : store;
    const all = collect(reader);
    const late = collect(reader, { after: log[99]?.position, pageEvents: 7 });
    const some = collect(reader, { prefixes: ['b-3', 'b-5'] });
    await writing;
    await vi.waitFor(() => expect(all.events.length).toBeGreaterThanOrEqual(150 + written), bounded);
    await vi.waitFor(() => expect(late.events.length).toBeGreaterThanOrEqual(50 + written), bounded);
    await vi.waitFor(() => expect(some.follower.position).toBe(all.events.at(-1)?.position), bounded);
    await Promise.all([all, late, some].map(({ follower }) => follower.stop()));
    const whole = await readWholeLog(store);
    expect(all.events).toEqual(whole);
    expect(late.events).toEqual(whole.slice(100));
    expect(some.events).toEqual(whole.filter(({ stream }) => stream === 'b-3' || stream === 'b-5'));
  };

/** @param several whether writers and followers have connections of their own */
export const followingLaws = (several: boolean): Laws => ({
  [`L17: followers ${whose(several)} get all after their place once and in order, through the switch to new`]:
    throughTheSwitch(several),

  [`L18: who stops and goes on from its checkpoint ${whose(several)} misses nothing, and gets nothing twice`]:
    async ({ store, open }) => {
      const writing = startWriting([store], 'b-');
      const events: StoredEvent[] = [];
      for (let after: Follower['position']; events.length < written; ) {
        const reader = several ? await open() : store;
        const { follower, events: own } = collect(reader, { after, pageEvents: 10 });
        await vi.waitFor(() => expect(own.length).toBeGreaterThan(0), bounded);
        await follower.stop();
        if (several) await reader.close();
        events.push(...own);
        after = follower.position;
      }
      await writing;
      expect(events).toEqual(await readWholeLog(store));
    },
});

const whose = (several: boolean): string => (several ? 'on several connections' : 'on one connection');

export const followerLaws: Laws = {
  'L19: the checkpoint of a follower passes what its filter leaves out': async ({ store }) => {
    const { events, follower } = collect(store, { prefixes: ['a-'] });
    for (let revision = 0; revision < 3; revision += 1) {
      const expected = revision === 0 ? 'no_stream' : revision * 30 - 1;
      await append(store, 'b-1', expected, newEvents(30));
      const head = await store.head();
      await vi.waitFor(() => expect(follower.position).toBe(head?.position), bounded);
    }
    expect(events).toEqual([]);
    await follower.stop();
  },

  'L17: a follower does not miss what comes while it takes its last page': async ({ store }) => {
    await append(store, 'a-1', 'no_stream', newEvents(1));
    const events: StoredEvent[] = [];
    const onPage = async (page: LogPage): Promise<void> => {
      events.push(...page.events);
      if (events.length > 1) return;
      const told = new Promise<void>((resolve) => store.onMore(resolve));
      await append(store, 'a-1', 0, newEvents(1));
      await told;
    };
    const { follower } = collect(store, { onPage });
    await vi.waitFor(() => expect(events).toHaveLength(2), bounded);
    await follower.stop();
    expect(events).toEqual(await readWholeLog(store));
  },

  'L21: the page that has caught up says so, and again after there was more': async ({ store }) => {
    await append(store, 'a-1', 'no_stream', newEvents(25));
    const pages: LogPage[] = [];
    const { follower } = collect(store, { pageEvents: 10, onPage: (page) => void pages.push(page) });
    await vi.waitFor(() => expect(pages).toHaveLength(3), bounded);
    await append(store, 'a-1', 24, newEvents(5));
    await vi.waitFor(() => expect(pages).toHaveLength(4), bounded);
    await follower.stop();
    const log = await readWholeLog(store);
    expect(pages).toEqual([
      { events: log.slice(0, 10), upTo: log[9]?.position, atHead: false },
      { events: log.slice(10, 20), upTo: log[19]?.position, atHead: false },
      { events: log.slice(20, 25), upTo: log[24]?.position, atHead: true },
      { events: log.slice(25), upTo: log[29]?.position, atHead: true },
    ]);
  },

  'L22: a slow follower holds one page, loses nothing and keeps nobody else waiting': async ({ store }) => {
    await append(store, 'a-0', 'no_stream', newEvents(30));
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const pages: LogPage[] = [];
    const onPage = (page: LogPage): Promise<void> => {
      pages.push(page);
      return held;
    };
    const slow = collect(store, { pageEvents: 10, onPage });
    const quick = collect(store);
    await startWriting([store], 'b-');
    await vi.waitFor(() => expect(quick.events).toHaveLength(30 + written), bounded);
    expect(pages.map(({ events }) => events.length)).toEqual([10]);
    expect(slow.follower.position).toBeUndefined();
    release();
    await vi.waitFor(() => expect(slow.follower.position).toBe(quick.events.at(-1)?.position), bounded);
    await Promise.all([slow.follower.stop(), quick.follower.stop()]);
    expect(pages.every(({ events }) => events.length <= 10)).toBe(true);
    expect(pages.flatMap(({ events }) => events)).toEqual(await readWholeLog(store));
  },

  'L23: a page that was not taken is told of, and comes again': async ({ store }) => {
    await append(store, 'a-1', 'no_stream', newEvents(30));
    const errors: unknown[] = [];
    const seen: (readonly StoredEvent[])[] = [];
    const onPage = ({ events }: LogPage): void => {
      seen.push(events);
      if (seen.length === 2 || seen.length === 3) throw new Error(`at ${seen.length}`);
    };
    const { follower } = collect(store, { onPage, onError: (error) => errors.push(error) });
    await vi.waitFor(() => expect(seen).toHaveLength(4), bounded);
    await follower.stop();
    const log = await readWholeLog(store);
    expect(seen).toEqual([log.slice(0, 20), log.slice(20), log.slice(20), log.slice(20)]);
    expect(errors).toEqual([new Error('at 2'), new Error('at 3')]);
  },

  'L23, L36: the close of its store ends a follower at its checkpoint': async ({ store }) => {
    await append(store, 'a-1', 'no_stream', newEvents(30));
    const errors: unknown[] = [];
    const { events, follower } = collect(store, { onError: (error) => errors.push(error) });
    await vi.waitFor(() => expect(events).toHaveLength(30), bounded);
    const log = await readWholeLog(store);
    await store.close();
    await follower.stop();
    expect(follower.position).toBe(log[29]?.position);
    expect(errors).toEqual([]);
  },
};
