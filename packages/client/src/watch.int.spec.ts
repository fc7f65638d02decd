import { type LiveSnapshot, type LiveTick, refuse, type ShownBooking } from '@carat/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Carat } from './carat.ts';
import { connect } from './connect.ts';
import { startGateway, type TestGateway } from './gateway.fixture.ts';
import type { FeedPart, LiveNumbers } from './numbers.ts';

const soon = { timeout: 5_000, interval: 5 };

let gateway: TestGateway;
let carat: Carat;

const tick = (position: string, coins: number, generation = 'g1', ended = false): LiveTick => ({
  live: 'l',
  asOf: { generation, position },
  totals: { coins, gifts: coins, senders: 1 },
  board: { asOf: { generation, position }, entries: [{ id: 'v', score: coins }] },
  ended,
});

const snapshot = (position: string, coins: number, generation = 'g1'): LiveSnapshot => {
  const { asOf, totals, board } = tick(position, coins, generation);
  return { live: 'l', creator: 'c', ended: false, numbers: { asOf, totals, board } };
};

const booking = (position: string): ShownBooking => ({
  position,
  combo: 'x',
  viewer: 'v',
  gift: 'rose',
  booked: 1,
  count: 1,
  coins: 1,
  at: 1,
});

const tell = (sent: LiveTick) => gateway.io.to('l').emit('live:tick', sent);
const feed = (after: string | null, position: string, bookings: string[], generation = 'g1') =>
  gateway.io.to('l').emit('live:feed', {
    live: 'l',
    asOf: { generation, position },
    after,
    bookings: bookings.map(booking),
  });

beforeEach(async () => {
  gateway = await startGateway();
  gateway.snapshot = () => snapshot('10', 1);
  const limits = { firstRetryMs: 10, longestRetryMs: 40, longestReconnectMs: 50, answerTimeoutMs: 200 };
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

  it('hands on bookings once each, and says where some are missing', async () => {
    const parts: FeedPart[] = [];
    const watching = carat.watch('l', { onFeed: (part) => parts.push(part) });
    await watching.ready;
    feed(null, '12', ['11', '12']);
    feed('11', '13', ['12', '13']);
    feed('13', '14', []);
    feed('20', '21', ['21']);
    feed('3', '5', ['4', '5'], 'g2');
    await vi.waitFor(() => expect(parts).toHaveLength(4), soon);
    expect(parts.map(({ gap }) => gap)).toEqual([false, false, true, true]);
    expect(parts.map(({ bookings }) => bookings.map(({ position }) => position))).toEqual([
      ['11', '12'],
      ['13'],
      ['21'],
      ['4', '5'],
    ]);
  });

  it('says that bookings are missing after a cut before the first of them', async () => {
    const parts: FeedPart[] = [];
    const onSnapshot = vi.fn();
    carat.watch('l', { onFeed: (part) => parts.push(part), onSnapshot });
    await vi.waitFor(() => expect(onSnapshot).toHaveBeenCalledTimes(1), soon);
    gateway.cutAll();
    await vi.waitFor(() => expect(onSnapshot).toHaveBeenCalledTimes(2), soon);
    feed(null, '31', ['31']);
    feed('31', '32', ['32']);
    gateway.cutAll();
    await vi.waitFor(() => expect(onSnapshot).toHaveBeenCalledTimes(3), soon);
    feed('32', '34', ['33', '34']);
    await vi.waitFor(() => expect(parts).toHaveLength(3), soon);
    expect(parts.map(({ gap }) => gap)).toEqual([true, false, false]);
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
    gateway.snapshot = () => ({ live: 'l', creator: 'c', ended: false, numbers: null });
    const watching = carat.watch('l');
    await watching.ready;
    expect(watching.numbers).toBeUndefined();
    await carat.close();
    expect(await watching[Symbol.asyncIterator]().next()).toEqual({ value: undefined, done: true });
    await expect(carat.watch('l').ready).rejects.toMatchObject({ code: 'closed' });
  });
});
