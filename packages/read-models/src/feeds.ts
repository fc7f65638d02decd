import { comparePlaces } from './totals.ts';

/**
 * What a feed holds: at least the last `minBookings` and those of the last `minMs`, never more than
 * `maxBookings`.
 */
export const feedLimits = {
  minBookings: 10_000,
  minMs: 30_000,
  maxBookings: 100_000,
  /** Old bookings are looked for whenever about so many new ones have come; more than those are dropped. */
  trimEveryBookings: 100,
  /** Bookings answered at once. */
  maxPageBookings: 1_000,
} as const;

/** What every entry of a feed has, whatever else it shows. */
export type FeedEntry = { readonly position: string; readonly at: number };

/** Entries that follow each other. */
export type FeedPart = {
  /** The places of the first and of the last. */
  readonly from: string;
  readonly position: string;
  readonly bookings: number;
  /** The highest `at` among them. */
  readonly latest: number;
  /** Each as JSON, with commas between. */
  readonly body: string;
};

/** How a feed stands: bookings it ever had, and the latest `at` among them. */
export type FeedHead = { readonly count: number; readonly latest: number };

export const noFeed: FeedHead = { count: 0, latest: 0 };
export const encodeFeedHead = ({ count, latest }: FeedHead): string => `${count} ${latest}`;
export const decodeFeedHead = (text: string | null | undefined): FeedHead => {
  if (text == null) return noFeed;
  const [count, latest] = text.split(' ').map(Number);
  return { count: count!, latest: latest! };
};

/**
 * The entries that a feed holds by its definition, given at least all of those: what is kept beyond them
 * depends on how the bookings were cut into batches. Time is the log's own: `latest`.
 */
export const heldEntries = <Entry extends FeedEntry>(
  entries: readonly Entry[],
  { latest }: FeedHead,
): readonly Entry[] => {
  const recent = entries.findIndex(({ at }) => at >= latest - feedLimits.minMs);
  const least = entries.length - feedLimits.minBookings;
  const first = Math.max(
    0,
    entries.length - feedLimits.maxBookings,
    Math.min(least, recent < 0 ? least : recent),
  );
  return entries.slice(first);
};

/**
 * Those parts of new entries that a feed will hold once all of them are there, and how it stands before the
 * first of these. What was there before counts too: where any of it may be recent, so is what came after it.
 */
export const heldAfter = (
  before: FeedHead,
  parts: readonly FeedPart[],
): { readonly before: FeedHead; readonly parts: readonly FeedPart[] } => {
  const { minBookings, maxBookings, minMs } = feedLimits;
  const latest = parts.reduce((latest, part) => Math.max(latest, part.latest), before.latest);
  // What comes after a recent booking is held with it.
  let isOld = before.count === 0 || before.latest < latest - minMs;
  let left = parts.reduce((sum, { bookings }) => sum + bookings, 0);
  let passed = 0;
  let first = 0;
  for (const { bookings, latest: at } of parts) {
    isOld &&= at < latest - minMs;
    if (left - bookings < (isOld ? minBookings : maxBookings)) break;
    left -= bookings;
    passed += bookings;
    first++;
  }
  if (passed === 0) return { before, parts };
  return { before: { count: before.count + passed, latest }, parts: parts.slice(first) };
};

/** The last one that the id of a stream's entry can come after. */
const lastPlace = '18446744073709551614';

export type FeedPage<Entry> = {
  readonly bookings: Entry[];
  /** The place to go on after; null where nothing was ever booked. */
  readonly next: string | null;
  /** True where bookings between `after` and the first answered are no longer held. */
  readonly gap: boolean;
};

/** A place that can stand in a stream's id. */
export const clampPlace = (after: string): string =>
  comparePlaces(after, lastPlace) > 0 ? lastPlace : after;

/** Takes up what `read.lua` answers about a feed. */
export const parseFeedPage = <Entry extends FeedEntry>(
  [before, from, ...bodies]: readonly string[],
  after: string | undefined,
  limit: number,
): FeedPage<Entry> => {
  if (after === undefined) bodies.reverse();
  const found = bodies.flatMap((body) => JSON.parse(body) as Entry[]);
  const bookings =
    after === undefined
      ? found.slice(-limit)
      : found.filter(({ position }) => comparePlaces(position, after) > 0).slice(0, limit);
  const gap = after !== undefined && before !== '0' && comparePlaces(after, from!) < 0;
  return { bookings, next: bookings.at(-1)?.position ?? after ?? null, gap };
};
