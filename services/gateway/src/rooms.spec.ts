import type { LiveFeed, LiveTick, ShownBooking } from '@carat/protocol';
import type { Reader, UnitMessage } from '@carat/read-models';
import { createLogger, createMetrics } from '@carat/service-kit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { limits } from './limits.ts';
import { createGatewayMetrics } from './metrics.ts';
import { openRooms, type Rooms } from './rooms.ts';
import type { GatewayServer } from './server.ts';

const generation = 'g';
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

/** What the projector would have written: one booking of one coin at each position. */
let head: number;
let away: boolean;
const read = async <T>(answer: T): Promise<T> => {
  if (away) throw new Error('Redis is away');
  return answer;
};
const reader = {
  liveNumbers: () => read({ asOf: asOf(head), totals: totalsAt(head), board: [{ id: 'v', score: head }] }),
  liveBoard: () => read({ asOf: asOf(head), entries: [{ id: 'v', score: head }] }),
  liveFeed: (_: string, { after = '0', limit }: { after?: string; limit: number }) => {
    const found = bookings(Number(after) + 1, Math.min(head, Number(after) + limit));
    return read({ asOf: asOf(head), bookings: found, next: null, gap: false });
  },
} as unknown as Reader;

let ticks: LiveTick[];
let feeds: LiveFeed[];
let rooms: Rooms;

const says = (from: number, to: number): UnitMessage => {
  head = Math.max(head, to);
  const lives = { l1: { totals: totalsAt(to), bookings: bookings(from + 1, to) } };
  return { generation, previous: String(from), position: String(to), lives };
};

beforeEach(async () => {
  vi.useFakeTimers();
  [head, away, ticks, feeds] = [10, false, [], []];
  const room = (name: string) => ({
    emit: (_: string, feed: LiveFeed) => void (name.startsWith('creator') && feeds.push(feed)),
    volatile: { emit: (_: string, tick: LiveTick) => void (name.startsWith('creator') && ticks.push(tick)) },
  });
  const io = { to: room } as unknown as GatewayServer;
  const log = createLogger({ service: 'test', level: 'silent' });
  rooms = openRooms({ io, reader, log, metrics: createGatewayMetrics(createMetrics('test')) });
  rooms.join('l1', 'c1', false);
  await rooms.snapshot('l1');
  rooms.take(says(10, 10));
  await vi.advanceTimersByTimeAsync(limits.maxUnitSilenceMs);
});
afterEach(() => {
  rooms.close();
  vi.useRealTimers();
});

const seen = (): string[] => feeds.flatMap((feed) => feed.bookings.map(({ position }) => position));
const positions = (from: number, to: number): string[] => bookings(from, to).map(({ position }) => position);

it('shows on a tick what came, each booking once, and where the feed goes on from', async () => {
  rooms.take(says(10, 12));
  rooms.take(says(12, 13));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(ticks.at(-1)).toMatchObject({ asOf: asOf(13), totals: { coins: 13 } });
  expect(feeds).toHaveLength(1);
  expect(feeds[0]).toMatchObject({ after: '10' });
  rooms.take(says(13, 14));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(feeds[1]).toMatchObject({ after: '13' });
  expect(seen()).toEqual(positions(11, 14));
});

it('reads what messages did not bring, page by page', async () => {
  head = 10 + limits.maxBookingsPerTick / 2;
  rooms.take(says(head, head + 1));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  expect(seen()).toEqual(positions(11, head));
  expect(ticks.at(-1)).toMatchObject({ asOf: asOf(head) });
});

it('says so where more was missed than is sent at once: nothing is left out in silence', async () => {
  head = 10 + 3 * limits.maxBookingsPerTick - 12;
  rooms.take(says(head, head + 1));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  const [part] = feeds;
  expect(seen()).toEqual(positions(head + 1 - limits.maxBookingsPerTick, head));
  expect(part!.after).toBe(String(head - limits.maxBookingsPerTick));
});

it('repeats the last values for a while, since one may be lost on its way', async () => {
  rooms.take(says(10, 11));
  await vi.advanceTimersByTimeAsync(limits.creatorTickMs);
  const [before, fed] = [ticks.length, feeds.length];
  await vi.advanceTimersByTimeAsync(2 * limits.repeatValuesEveryMs + limits.creatorTickMs);
  expect(ticks.length).toBeGreaterThan(before + 1);
  expect(ticks.at(-1)).toMatchObject({ asOf: asOf(11), totals: totalsAt(11) });
  expect(feeds).toHaveLength(fed);
});

it('gets the board right once Redis is back', async () => {
  away = true;
  rooms.take(says(10, 11));
  await vi.advanceTimersByTimeAsync(2 * limits.boardEveryMs);
  away = false;
  await vi.advanceTimersByTimeAsync(2 * limits.boardEveryMs);
  expect(ticks.at(-1)!.board).toEqual({ asOf: asOf(11), entries: [{ id: 'v', score: 11 }] });
});
