import type { KnownLive } from '@carat/domain';
import {
  creatorUnits,
  type LiveFeed,
  type LiveTick,
  type MissedPage,
  type ShownBooking,
  unitOfCreator,
} from '@carat/protocol';
import type { Reader, UnitMessage } from '@carat/read-models';
import { createLogger, createMetrics } from '@carat/service-kit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { limits } from './limits.ts';
import { createGatewayMetrics } from './metrics.ts';
import { openRooms, type Rooms } from './rooms.ts';
import type { GatewayServer } from './server.ts';

let generation: string;
const asOf = (position: number) => ({ generation, position: String(position) });
const booking = (position: number): ShownBooking => ({
  position: String(position),
  combo: 'c',
  viewer: 'v',
  gift: 'g1',
  booked: 1,
  count: position,
  coins: 1,
  at: 0,
});
const totalsAt = (position: number) => ({
  coins: position,
  gifts: position,
  senders: 1,
  millidiamonds: position,
});
const bookings = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => booking(from + n));

const live: KnownLive = {
  status: 'running',
  live: 'l1',
  creator: 'c1',
  title: null,
  startedAt: 0,
  endedAt: null,
  goal: null,
  blocked: new Set(),
};

/** What the projector would have written: one booking of one coin at each position, the newest held. */
let head: number;
let heldFrom: number;
let away: boolean;
let reads: number;
/** Lives that cannot be read. */
let unreadable: Set<string>;
/** Whether the read models are being filled. */
let filling: boolean;
/** Resolves when what is read may arrive; it is as of when the read began. */
let arrival: Promise<void>;
const read = async <T>(answer: T): Promise<T> => {
  if (away) throw new Error('Redis is away');
  await arrival;
  return answer;
};
const reader = {
  liveNumbers: ({ live }: KnownLive) =>
    unreadable.has(live)
      ? Promise.reject(new Error('no answer'))
      : read({ asOf: asOf(head), totals: totalsAt(head), board: [{ id: 'v', score: head }] }),
  liveBoard: () => read({ asOf: asOf(head), entries: [{ id: 'v', score: head }] }),
  liveFeed: (_: object, { after, limit }: { after?: string; limit: number }) => {
    reads++;
    const from = Math.max(heldFrom, after === undefined ? head - limit + 1 : Number(after) + 1);
    const found = bookings(from, Math.min(head, from + limit - 1));
    const gap = after !== undefined && Number(after) + 1 < heldFrom;
    return read(filling ? undefined : { asOf: asOf(head), bookings: found, next: null, gap });
  },
} as unknown as Reader;

let ticks: LiveTick[];
let feeds: LiveFeed[];
let rooms: Rooms;
let known: KnownLive;
let lagMs: number;
let onLiveChanged: (live: string) => void;
let onSwapped: () => void;

/** What a client gets: what was encoded ahead is parsed as it would be there. */
const parsed = <T>(sent: T): T => {
  const { text } = sent as { text?: string };
  return text === undefined ? sent : JSON.parse(text);
};

const says = (from: number, to: number): UnitMessage => {
  head = Math.max(head, to);
  const lives = { l1: { totals: totalsAt(to), bookings: bookings(from + 1, to) } };
  return { generation, unit: 'creators', previous: String(from), position: String(to), lives };
};

beforeEach(async () => {
  vi.useFakeTimers();
  [generation, unreadable, filling, arrival] = ['g', new Set(), false, Promise.resolve()];
  [head, heldFrom, away, reads, ticks, feeds, known, lagMs] = [10, 1, false, 0, [], [], live, 0];
  const room = (name: string) => ({
    emit: (_: string, feed: LiveFeed) => void (name.startsWith('creator') && feeds.push(parsed(feed))),
    volatile: { emit: (_: string, tick: LiveTick) => void (name.startsWith('creator') && ticks.push(tick)) },
  });
  const of = () => ({ adapter: { rooms: new Map() }, sockets: new Map() });
  const io = { to: room, of } as unknown as GatewayServer;
  const reference = {
    findLive: async () => known,
    onLiveChanged: (listener: typeof onLiveChanged) => {
      onLiveChanged = listener;
    },
    onSwapped: (listener: typeof onSwapped) => {
      onSwapped = listener;
    },
  };
  const log = createLogger({ service: 'test', level: 'silent' });
  const metrics = createGatewayMetrics(createMetrics('test'));
  const lag = { lagMs: () => lagMs, close: () => undefined };
  rooms = openRooms({ io, reader, reference, log, metrics, lag });
  rooms.join(live);
  await rooms.snapshot('l1');
  take(says(10, 10));
  await vi.advanceTimersByTimeAsync(2_000);
});
afterEach(() => {
  rooms.close();
  vi.useRealTimers();
});

const take = (message: UnitMessage): void => rooms.listener.onMessage(message);
const missed = async (after: number): Promise<MissedPage> =>
  parsed((await rooms.missed('l1', String(after))) as MissedPage);
const seen = (): string[] => feeds.flatMap((feed) => feed.bookings.map(({ position }) => position));
const positions = (from: number, to: number): string[] => bookings(from, to).map(({ position }) => position);

it('shows on a tick what came, each booking once, and where the feed goes on from', async () => {
  take(says(10, 12));
  take(says(12, 13));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(ticks.at(-1)).toMatchObject({ asOf: asOf(13), totals: { coins: 13 } });
  expect(feeds).toHaveLength(1);
  expect(feeds[0]).toMatchObject({ after: '10' });
  take(says(13, 14));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(feeds[1]).toMatchObject({ after: '13' });
  expect(seen()).toEqual(positions(11, 14));
});

it('reads what messages did not bring, page by page', async () => {
  head = 10 + limits.maxBookingsPerPart / 2;
  take(says(head, head + 1));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(seen()).toEqual(positions(11, head));
  expect(ticks.at(-1)).toMatchObject({ asOf: asOf(head) });
});

it('says so where more was missed than can be read: nothing is left out in silence', async () => {
  heldFrom = 5_000;
  head = 8_000;
  take(says(head, head + 1));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(feeds[0]!.after).toBe(String(head - limits.maxBookingsPerPart + 1));
  expect(seen()).toEqual(positions(head - limits.maxBookingsPerPart + 2, head));
});

it('cuts what is much into parts, each going on from the last', async () => {
  take(says(10, 2_510));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(seen()).toEqual(positions(11, 2_510));
  expect(feeds.length).toBeGreaterThan(2);
  for (const [n, part] of feeds.entries()) {
    expect(part.after).toBe(n === 0 ? '10' : feeds[n - 1]!.bookings.at(-1)!.position);
    expect(JSON.stringify(part).length).toBeLessThan(limits.maxBytesPerPart + 1_000);
    const isLast = n === feeds.length - 1;
    expect(part.asOf.position).toBe(isLast ? '2510' : part.bookings.at(-1)!.position);
  }
});

it('follows each unit by its own chain of places, and reads only what it holds', async () => {
  const units = creatorUnits(2);
  const own = unitOfCreator('c1', units);
  const [other] = units.filter((unit) => unit !== own);
  const saysOwn = (from: number, to: number): UnitMessage => ({ ...says(from, to), unit: own });
  const saysOther = (from: number, to: number): UnitMessage => ({
    ...{ generation, unit: other!, lives: {} },
    ...{ previous: String(from), position: String(to) },
  });
  generation = 'g2';
  take(saysOwn(10, 12));
  take(saysOther(90, 91));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  reads = 0;
  take(saysOther(91, 92));
  take(saysOwn(12, 13));
  take(saysOther(93, 94));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(seen()).toEqual(positions(11, 13));
  expect(reads).toBe(0);
  take(saysOwn(14, 15));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(seen()).toEqual(positions(11, 15));
  expect(reads).toBe(1);
});

it('shows numbers while bookings are read, and after them all that came meanwhile', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  [arrival, reads] = [promise, 0];
  take(says(11, 12));
  for (let n = 12; n < 1_012; n++) take(says(n, n + 1));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(ticks.at(-1)).toMatchObject({ asOf: asOf(1_012) });
  expect(seen()).toEqual([]);
  resolve();
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(seen()).toEqual(positions(11, 1_012));
  expect(reads).toBeLessThanOrEqual(2);
});

it('reads each live by itself: one that cannot be read keeps no other from going on', async () => {
  unreadable.add('l0');
  rooms.join({ ...live, live: 'l0' });
  rooms.leave('l1');
  rooms.join(live);
  await rooms.snapshot('l1');
  take(says(11, 12));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  take(says(13, 14));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(seen()).toEqual(positions(11, 14));
});

it('answers what was missed from what is kept, and else from Redis, saying where some are gone', async () => {
  take(says(10, 13));
  expect(await missed(11)).toEqual({
    live: 'l1',
    bookings: bookings(12, 13),
    next: '13',
    gap: false,
    more: false,
  });
  expect(await missed(13)).toMatchObject({ bookings: [], next: '13', more: false });
  // Clients of a gateway that was ahead have seen more.
  head = 15;
  expect(await missed(15)).toMatchObject({ bookings: [], next: '15', more: false });
  take(says(13, 40_000));
  const page = await missed(35_000);
  expect(page).toMatchObject({ gap: false, more: true });
  expect((await missed(Number(page.next))).bookings[0]!.position).toBe(String(Number(page.next) + 1));
  expect(await missed(12)).toMatchObject({ gap: false, more: true });
  heldFrom = 30_000;
  expect(await missed(12)).toMatchObject({ gap: true, more: true });
  expect((await missed(12)).bookings[0]).toEqual(booking(30_000));
});

it('waits with what came later while what was missed is not known', async () => {
  filling = true;
  take(says(11, 12));
  take(says(12, 13));
  await vi.advanceTimersByTimeAsync(2 * limits.healAgainMs);
  expect(seen()).toEqual([]);
  filling = false;
  await vi.advanceTimersByTimeAsync(2 * limits.healAgainMs);
  expect(seen()).toEqual(positions(11, 13));
});

it('notices by the numbers it reads that a log was set back', async () => {
  take(says(10, 20));
  [generation, head] = ['g2', 15];
  rooms.listener.onSilence();
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(feeds.at(-1)).toEqual({ live: 'l1', asOf: asOf(0), after: null, bookings: [] });
  expect(await missed(20)).toMatchObject({ next: '15', gap: true });
});

it('answers nobody with a page that was read before what the asker was sent already', async () => {
  await vi.advanceTimersByTimeAsync(2 * limits.keptMs);
  const { promise, resolve } = Promise.withResolvers<void>();
  arrival = promise;
  const early = [missed(5), missed(5)];
  reads = 0;
  take(says(10, 11));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(seen()).toEqual(['11']);
  const later = missed(5);
  resolve();
  for (const page of await Promise.all(early)) expect(page.bookings).toEqual(bookings(6, 10));
  expect((await later).bookings).toEqual(bookings(6, 11));
  expect(reads).toBe(1);
});

it('goes on where a log that was set back stands, and tells who was further', async () => {
  take(says(10, 20));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  [generation, head] = ['g2', 15];
  const fed = feeds.length;
  take(says(14, 15));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(feeds.slice(fed)).toEqual([{ live: 'l1', asOf: asOf(0), after: null, bookings: [] }]);
  expect(ticks.at(-1)).toMatchObject({ asOf: asOf(15), totals: { coins: 15 } });
  expect(await missed(20)).toEqual({ live: 'l1', bookings: [], next: '15', gap: true, more: false });
  take(says(15, 16));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(feeds.at(-1)).toMatchObject({ bookings: bookings(16, 16) });
  expect(Number(feeds.at(-1)!.after)).toBeLessThanOrEqual(15);
  expect(await missed(15)).toMatchObject({ bookings: bookings(16, 16), gap: false });
});

it('says with bookings how far they go, though the numbers are ahead of them', async () => {
  const ahead = says(10, 12).lives.l1!;
  take({ ...says(10, 14), lives: { l1: { ...ahead, totals: totalsAt(14) } } });
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(ticks.at(-1)).toMatchObject({ asOf: asOf(14) });
  expect(feeds).toMatchObject([{ asOf: asOf(12), after: '10', bookings: bookings(11, 12) }]);
});

it('shows a goal that was set and the end of the live on the next tick', async () => {
  known = { ...live, goal: { title: 'A hat', coins: 500 } };
  onLiveChanged('l1');
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(ticks.at(-1)).toMatchObject({ goal: { title: 'A hat', coins: 500 }, ended: false });
  known = { ...known, status: 'ended', endedAt: 1 };
  onLiveChanged('l1');
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(ticks.at(-1)).toMatchObject({ ended: true });
  expect(await rooms.snapshot('l1')).toMatchObject({ ended: true, goal: { coins: 500 } });
});

it('begins anew on another log', async () => {
  take(says(10, 20));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  head = 5;
  known = { ...live, title: 'Another' };
  onSwapped();
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(ticks.at(-1)).toMatchObject({ asOf: asOf(5) });
  expect(feeds.at(-1)).toMatchObject({ after: null });
  expect(await rooms.snapshot('l1')).toMatchObject({ title: 'Another' });
  take(says(5, 6));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(seen().at(-1)).toBe('6');
});

it('ticks more rarely while the event loop lags, and as before when it no longer does', async () => {
  lagMs = 2 * limits.stretchAboveLagMs;
  await vi.advanceTimersByTimeAsync(5 * limits.lagEveryMs);
  const ticksIn = async (ms: number): Promise<number> => {
    const before = ticks.length;
    for (let n = 0; n < ms / 50; n++) {
      take(says(head, head + 1));
      await vi.advanceTimersByTimeAsync(50);
    }
    return ticks.length - before;
  };
  expect(await ticksIn(10_000)).toBeLessThanOrEqual(11);
  lagMs = 0;
  await vi.advanceTimersByTimeAsync(5 * limits.lagEveryMs);
  expect(await ticksIn(10_000)).toBeGreaterThan(60);
});

it('repeats the last values for a while, since one may be lost on its way', async () => {
  take(says(10, 11));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  const [before, fed] = [ticks.length, feeds.length];
  await vi.advanceTimersByTimeAsync(2 * limits.repeatValuesEveryMs + limits.creatorTickMs);
  expect(ticks.length).toBeGreaterThan(before + 1);
  expect(ticks.at(-1)).toMatchObject({ asOf: asOf(11), totals: totalsAt(11) });
  expect(feeds).toHaveLength(fed);
});

it('gets the board right once Redis is back', async () => {
  away = true;
  take(says(10, 11));
  await vi.advanceTimersByTimeAsync(2 * limits.boardEveryMs);
  away = false;
  await vi.advanceTimersByTimeAsync(2 * limits.boardEveryMs);
  expect(ticks.at(-1)!.board).toEqual({ asOf: asOf(11), entries: [{ id: 'v', score: 11 }] });
});
