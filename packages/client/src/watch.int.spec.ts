import { type LiveSnapshot, refuse } from '@carat/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Carat } from './carat.ts';
import { connect } from './connect.ts';
import type { FeedPart } from './feed.ts';
import { startGateway, type TestGateway, unknownLive } from './gateway.fixture.ts';
import type { LiveNumbers } from './numbers.ts';
import type { WatchStatus } from './watching.ts';

const soon = { timeout: 5_000, interval: 5 };

let gateway: TestGateway;
let carat: Carat;

const tick = (position: string, coins: number, generation = 'g1', ended = false): LiveNumbers => ({
  live: 'l',
  title: null,
  goal: null,
  asOf: { generation, position },
  totals: { coins, gifts: coins, senders: 1 },
  board: { asOf: { generation, position }, entries: [{ id: 'v', score: coins }] },
  ended,
});

const snapshot = (position: string, coins: number, generation = 'g1'): LiveSnapshot => {
  const { asOf, totals, board } = tick(position, coins, generation);
  return { ...unknownLive, numbers: { asOf, totals, board } };
};

const tell = (sent: LiveNumbers) => gateway.io.to('l').emit('live:tick', sent);
/** Books, and tells the room. */
const book = (count: number): void => {
  gateway.log.book(count);
  gateway.io.to('l').emit('live:feed', gateway.log.part());
};
const placesOf = (parts: readonly FeedPart[]) =>
  parts.flatMap(({ bookings }) => bookings.map(({ position }) => position));

beforeEach(async () => {
  gateway = await startGateway();
  gateway.snapshot = () => snapshot('10', 1);
  const limits = {
    firstRetryMs: 10,
    longestRetryMs: 40,
    longestReconnectMs: 50,
    answerTimeoutMs: 200,
    bookingsBuffered: 10,
  };
  carat = await connect({ url: gateway.url, token: 't', limits });
});

afterEach(async () => {
  await carat.close();
  await gateway.close();
});

describe('watching a live', () => {
  it('begins with a snapshot, and hands on numbers that never go back within a generation', async () => {
    const seen: number[] = [];
    const watching = carat.watch('l', { onTick: ({ totals }) => seen.push(totals.coins) });
    expect(await watching.ready).toEqual(snapshot('10', 1));
    expect(watching.numbers).toEqual(tick('10', 1));
    for (const sent of [tick('9', 99), tick('100', 3), tick('11', 98), tick('100', 97), tick('101', 4)])
      tell(sent);
    tell(tick('7', 2, 'g2'));
    tell(tick('7', 2, 'g2', true));
    await vi.waitFor(() => expect(watching.numbers).toEqual(tick('7', 2, 'g2', true)), soon);
    expect(seen).toEqual([1, 3, 4, 2, 2]);
  });

  it('begins anew after a reconnect, each watch with its own snapshot', async () => {
    const snapshots = [vi.fn(), vi.fn()];
    const [one, two] = snapshots.map((onSnapshot) => carat.watch('l', { onSnapshot }));
    await Promise.all([one?.ready, two?.ready]);
    tell(tick('20', 5));
    await vi.waitFor(() => expect(one?.numbers).toEqual(tick('20', 5)), soon);
    gateway.snapshot = () => snapshot('15', 4);
    gateway.cutAll();
    await vi.waitFor(() => {
      for (const onSnapshot of snapshots) expect(onSnapshot).toHaveBeenLastCalledWith(snapshot('15', 4));
    }, soon);
    expect(one?.numbers).toEqual(tick('20', 5));
    tell(tick('21', 6));
    await vi.waitFor(() => expect(two?.numbers).toEqual(tick('21', 6)), soon);
  });

  it('reads what it missed over a reconnect in pages, and hands on all of it once, in order', async () => {
    const parts: FeedPart[] = [];
    const statuses: WatchStatus[] = [];
    const watching = carat.watch('l', {
      onFeed: (part) => parts.push(part),
      onStatus: (status) => statuses.push(status),
    });
    await watching.ready;
    book(2);
    await vi.waitFor(() => expect(placesOf(parts)).toHaveLength(2), soon);
    gateway.log.pageSize = 3;
    gateway.cutAll();
    gateway.log.book(10);
    await vi.waitFor(() => expect(gateway.missed).not.toHaveLength(0), soon);
    book(2);
    await vi.waitFor(() => expect(placesOf(parts)).toHaveLength(14), soon);
    expect(placesOf(parts)).toEqual(gateway.log.all.map(({ position }) => position));
    expect(parts.some(({ gap }) => gap)).toBe(false);
    expect(gateway.missed.slice(0, 4)).toEqual(['12', '15', '18', '21']);
    expect(statuses).toEqual(['live', 'waiting', 'catching_up', 'live']);
  });

  it('reads what a lost part held, and says where it is no longer to be had', async () => {
    const parts: FeedPart[] = [];
    const watching = carat.watch('l', { onFeed: (part) => parts.push(part) });
    await watching.ready;
    gateway.log.book(3);
    gateway.log.part();
    book(1);
    await vi.waitFor(() => expect(placesOf(parts)).toEqual(['11', '12', '13', '14']), soon);
    gateway.log.book(3);
    gateway.log.part();
    gateway.log.keepOnly(1);
    book(1);
    await vi.waitFor(() => expect(placesOf(parts)).toHaveLength(6), soon);
    expect(parts.find(({ gap }) => gap)).toMatchObject({
      bookings: [{ position: '17' }, { position: '18' }],
    });
  });

  it('asks again where no page comes, and goes by the totals where pages are refused', async () => {
    const parts: FeedPart[] = [];
    const watching = carat.watch('l', { onFeed: (part) => parts.push(part) });
    await watching.ready;
    gateway.page = (after) => {
      if (gateway.missed.length === 1) return 'no_answer';
      return gateway.missed.length === 2 ? refuse('overloaded') : gateway.log.page(after);
    };
    gateway.log.book(1);
    gateway.log.part();
    book(1);
    await vi.waitFor(() => expect(placesOf(parts)).toEqual(['11', '12']), soon);
    gateway.page = () => refuse('forbidden');
    gateway.log.book(1);
    gateway.log.part();
    book(1);
    await vi.waitFor(() => expect(placesOf(parts)).toEqual(['11', '12', '14']), soon);
    expect(parts.map(({ gap }) => gap).filter((gap) => gap)).toHaveLength(1);
  });

  it('hands bookings to a loop, and to a slow one the newest with a gap', async () => {
    const watching = carat.watch('l');
    await watching.ready;
    const [loop, slow] = [watching.bookings(), watching.bookings()];
    const seen: string[] = [];
    book(4);
    for await (const { bookings, gap } of loop) {
      expect(gap).toBe(false);
      seen.push(...bookings.map(({ position }) => position));
      if (seen.length === 16) break;
      book(4);
    }
    expect(seen).toEqual(gateway.log.all.map(({ position }) => position));
    watching.close();
    const kept: FeedPart[] = [];
    for await (const part of slow) kept.push(part);
    expect(placesOf(kept)).toEqual(seen.slice(6));
    expect(kept.map(({ gap }) => gap)).toEqual([true, false, false]);
    expect(await watching.bookings().next()).toMatchObject({ done: true });
  });

  it('tells title and goal with the numbers', async () => {
    gateway.snapshot = () => ({ ...snapshot('10', 1), title: 'Evening', goal: { title: 'tea', coins: 9 } });
    const watching = carat.watch('l');
    await watching.ready;
    expect(watching.numbers).toMatchObject({ title: 'Evening', goal: { title: 'tea', coins: 9 } });
    tell(tick('11', 2));
    await vi.waitFor(() => expect(watching.numbers).toEqual({ ...tick('11', 2), title: 'Evening' }), soon);
  });

  it('yields the current numbers to a loop, the latest only to a slow one, until it is closed', async () => {
    const watching = carat.watch('l');
    const seen: LiveNumbers[] = [];
    for await (const numbers of watching) {
      seen.push(numbers);
      if (seen.length === 1) {
        for (const coins of [2, 3, 4]) tell(tick(String(10 + coins), coins));
        await vi.waitFor(() => expect(watching.numbers?.totals.coins).toBe(4), soon);
      } else watching.close();
    }
    expect(seen).toEqual([tick('10', 1), tick('14', 4)]);
    expect(watching.closed).toBe(true);
  });

  it('leaves the live with the last watch of it', async () => {
    const [one, two] = [carat.watch('l'), carat.watch('l')];
    await Promise.all([one.ready, two.ready]);
    one.close();
    tell(tick('11', 2));
    await vi.waitFor(() => expect(two.numbers).toEqual(tick('11', 2)), soon);
    expect(gateway.left).toEqual([]);
    expect(one.numbers).toEqual(tick('10', 1));
    two.close();
    await vi.waitFor(() => expect(gateway.left).toEqual(['l']), soon);
  });

  it('is tried again while the gateway is overloaded, and fails on a final refusal', async () => {
    gateway.snapshot = () => (gateway.watched.length < 3 ? refuse('overloaded') : snapshot('10', 1));
    expect(await carat.watch('l').ready).toEqual(snapshot('10', 1));
    expect(gateway.watched).toHaveLength(3);

    gateway.snapshot = () => refuse('live_unknown');
    const watching = carat.watch('nowhere');
    await expect(watching.ready).rejects.toMatchObject({ code: 'live_unknown' });
    await expect(watching[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'live_unknown' });
    gateway.cutAll();
    await vi.waitFor(() => expect(gateway.tokens).toHaveLength(2), soon);
    expect(gateway.watched.filter((live) => live === 'nowhere')).toHaveLength(1);
  });

  it('keeps unknown numbers unknown, and ends with the connection', async () => {
    gateway.snapshot = () => unknownLive;
    const watching = carat.watch('l');
    await watching.ready;
    expect(watching.numbers).toBeUndefined();
    await carat.close();
    expect(await watching[Symbol.asyncIterator]().next()).toEqual({ value: undefined, done: true });
    await expect(carat.watch('l').ready).rejects.toMatchObject({ code: 'closed' });
  });
});
