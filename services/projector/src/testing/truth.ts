import type { Reader } from '@carat/read-models';
import type { Sent } from './log.ts';

const sumBy = (sent: readonly Sent[], key: (gift: Sent) => string, amount: (gift: Sent) => number) => {
  const sums = new Map<string, { score: number; last: number }>();
  for (const [last, gift] of sent.entries()) {
    sums.set(key(gift), { score: (sums.get(key(gift))?.score ?? 0) + amount(gift), last });
  }
  return sums;
};

const rank = (sums: ReturnType<typeof sumBy>) =>
  [...sums]
    .sort(([, a], [, b]) => b.score - a.score || a.last - b.last)
    .map(([id, { score }]) => ({ id, score }));

const total = (sent: readonly Sent[], amount: (gift: Sent) => number): number =>
  sent.reduce((sum, gift) => sum + amount(gift), 0);

const weekBegins = Date.parse('2026-11-16T00:00:00Z');
const week = 7 * 86_400_000;

/** Everything that the bookings imply, added up by hand. */
export const truthOf = (sent: readonly Sent[], live: string, creator: string, at: number) => {
  const ofLive = sent.filter((gift) => gift.live === live);
  const ofCreator = sent.filter((gift) => gift.creator === creator);
  const weekOf = (instant: number) => Math.floor((instant - weekBegins) / week);
  const sameWeek = sent.filter((gift) => weekOf(gift.at) === weekOf(at));
  const sameHour = sent.filter((gift) => Math.floor(gift.at / 3_600_000) === Math.floor(at / 3_600_000));
  const coins = (gift: Sent) => gift.coins;
  const diamonds = (gift: Sent) => gift.millidiamonds;
  const gifts = (gift: Sent) => gift.booked;
  const board = rank(sumBy(ofLive, (gift) => gift.viewer, coins));
  return {
    totals: {
      coins: total(ofLive, coins),
      gifts: total(ofLive, gifts),
      senders: board.length,
      millidiamonds: total(ofLive, diamonds),
    },
    board,
    feed: ofLive
      .slice(-20)
      .map(({ viewer, gift, booked, coins, at }) => ({ viewer, gift, booked, coins, at })),
    earnings: {
      millidiamonds: total(ofCreator, diamonds),
      coins: total(ofCreator, coins),
      gifts: total(ofCreator, gifts),
    },
    gifters: rank(sumBy(sameWeek, (gift) => gift.viewer, coins)),
    creators: rank(sumBy(sameHour, (gift) => gift.creator, diamonds)),
  };
};

/** The same as the read models have it; undefined while they cannot be read. */
export const numbersOf = async (reader: Reader, live: string, creator: string, at: number) => {
  const numbers = await reader.liveNumbers({ live, creator }, 1_000);
  const feed = await reader.liveFeed({ live, creator }, { limit: 20 });
  const earnings = await reader.earnings(creator);
  const gifters = await reader.board('gifters', 'week', at, 1_000);
  const creators = await reader.board('creators', 'hour', at, 1_000);
  if (!numbers || !feed || !earnings || !gifters || !creators) return undefined;
  const { millidiamonds, coins, gifts } = earnings;
  return {
    totals: numbers.totals,
    board: numbers.board,
    feed: feed.bookings.map(({ viewer, gift, booked, coins, at }) => ({ viewer, gift, booked, coins, at })),
    earnings: { millidiamonds, coins, gifts },
    gifters: gifters.entries,
    creators: creators.entries,
  };
};
