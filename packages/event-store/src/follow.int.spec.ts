import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Follower, follow } from './follow.ts';
import { append, newEvents, readWholeLog } from './laws/fixtures.ts';
import type { EventStore, LogPage, StoredEvent } from './port.ts';
import { openSqliteStore } from './sqlite/store.ts';

let folder: string;
let path: string;
let store: EventStore;
let followers: Follower[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carat-follow-'));
  path = join(folder, 'log.db');
  store = await openSqliteStore(path);
  followers = [];
});
afterEach(async () => {
  await Promise.all(followers.map((follower) => follower.stop()));
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Follows, and keeps what came. */
const collect = (options: Partial<Parameters<typeof follow>[1]> = {}) => {
  const events: StoredEvent[] = [];
  const onPage = (page: LogPage): void => {
    events.push(...page.events);
  };
  const follower = follow(store, { pageEvents: 20, onPage, ...options });
  followers.push(follower);
  return { events, follower };
};

const bounded = { timeout: 5_000, interval: 2 };

it('L17: goes from what was there to what comes without a gap, in order, each once', async () => {
  await append(store, 'a-0', 'no_stream', newEvents(150));
  const other = await openSqliteStore(path);
  const writing = Array.from({ length: 8 }, async (_, place) => {
    const writer = place % 2 === 0 ? store : other;
    for (let last = -1; last < 59; last += 3) {
      await append(writer, `b-${place}`, last < 0 ? 'no_stream' : last, newEvents(3));
      await nextTurn();
    }
  });
  const { events, follower } = collect();
  await Promise.all(writing);
  await vi.waitFor(() => expect(events).toHaveLength(150 + 8 * 60), bounded);
  expect(events).toEqual(await readWholeLog(store));
  await vi.waitFor(() => expect(follower.position).toBe(events.at(-1)?.position), bounded);
  await other.close();
});

it('goes on after a position, and tells how far it has come past what the filter leaves out', async () => {
  await append(store, 'a-1', 'no_stream', newEvents(5));
  await append(store, 'b-1', 'no_stream', newEvents(50));
  const log = await readWholeLog(store);
  const { events, follower } = collect({ after: log[2]?.position, prefixes: ['a-'] });
  await vi.waitFor(() => expect(follower.position).toBe(log.at(-1)?.position), bounded);
  expect(events).toEqual(log.slice(3, 5));
  await append(store, 'a-1', 4, newEvents(1));
  await vi.waitFor(() => expect(events).toHaveLength(3), bounded);
});

it('hands on one page at a time, and waits for whoever takes it', async () => {
  await append(store, 'a-1', 'no_stream', newEvents(100));
  let taking = 0;
  let most = 0;
  let release = (): void => {};
  const pages: LogPage[] = [];
  const { follower } = collect({
    pageEvents: 10,
    onPage: async (page) => {
      taking += 1;
      most = Math.max(most, taking);
      pages.push(page);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      taking -= 1;
    },
  });
  for (let page = 1; page <= 10; page += 1) {
    await vi.waitFor(() => expect(pages).toHaveLength(page), bounded);
    expect(follower.position).toBe(pages[page - 2]?.upTo);
    release();
  }
  expect(most).toBe(1);
  expect(pages.flatMap(({ events }) => events)).toEqual(await readWholeLog(store));
});

it('misses nothing that comes while the last page is being taken', async () => {
  await append(store, 'a-1', 'no_stream', newEvents(1));
  const events: StoredEvent[] = [];
  const onPage = async (page: LogPage): Promise<void> => {
    events.push(...page.events);
    if (events.length > 1) return;
    const told = new Promise<void>((resolve) => store.onMore(resolve));
    await append(store, 'a-1', 0, newEvents(1));
    await told;
  };
  collect({ onPage });
  await vi.waitFor(() => expect(events).toHaveLength(2), bounded);
});

it('hands a page on again that was not taken', async () => {
  await append(store, 'a-1', 'no_stream', newEvents(30));
  const errors: unknown[] = [];
  const seen: StoredEvent[][] = [];
  const onPage = async ({ events }: LogPage): Promise<void> => {
    seen.push([...events]);
    if (seen.length === 2 || seen.length === 3) throw new Error(`at ${seen.length}`);
  };
  collect({ onPage, onError: (error) => errors.push(error) });
  await vi.waitFor(() => expect(seen).toHaveLength(4), bounded);
  const log = await readWholeLog(store);
  expect(seen).toEqual([log.slice(0, 20), log.slice(20), log.slice(20), log.slice(20)]);
  expect(errors).toEqual([new Error('at 2'), new Error('at 3')]);
});

it('goes on where it was when the store can be read again', async () => {
  await append(store, 'a-1', 'no_stream', newEvents(50));
  const log = await readWholeLog(store);
  const errors: unknown[] = [];
  const events: StoredEvent[] = [];
  const onPage = (page: LogPage): void => {
    events.push(...page.events);
    if (events.length === 20) renameSync(path, `${path}-aside`);
  };
  collect({ onPage, onError: (error) => errors.push(error) });
  await vi.waitFor(() => expect(errors.length).toBeGreaterThan(1), bounded);
  expect(events).toEqual(log.slice(0, 20));
  renameSync(`${path}-aside`, path);
  await vi.waitFor(() => expect(events).toEqual(log), bounded);
  for (const error of errors) expect(error).toMatchObject({ code: 'unavailable' });
  await append(store, 'a-1', 49, newEvents(1));
  await vi.waitFor(() => expect(events).toHaveLength(51), bounded);
});

it('stops after the page at hand, whatever it was doing', async () => {
  await append(store, 'a-1', 'no_stream', newEvents(60));
  let release = (): void => {};
  let pages = 0;
  const busy = follow(store, {
    pageEvents: 20,
    onPage: () => {
      pages += 1;
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    },
  });
  await vi.waitFor(() => expect(pages).toBe(1), bounded);
  let stopped = false;
  const stopping = busy.stop().then(() => {
    stopped = true;
  });
  await nextTurn();
  expect(stopped).toBe(false);
  release();
  await stopping;
  expect(pages).toBe(1);
  expect(busy.position).toBe('20');

  const { events, follower: idle } = collect();
  await vi.waitFor(() => expect(events).toHaveLength(60), bounded);
  await idle.stop();
  await append(store, 'a-1', 59, newEvents(1));
  await nextTurn();
  expect(events).toHaveLength(60);

  const failing = follow(store, {
    pageEvents: 20,
    onPage: () => {
      throw new Error('never taken');
    },
  });
  await nextTurn();
  await failing.stop();
  expect(failing.position).toBeUndefined();
});
