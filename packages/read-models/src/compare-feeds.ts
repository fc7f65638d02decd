import type { ShownBooking } from '@carat/protocol';
import { type Compared, type Difference, lookAtBoth, lookInside, readBoth, slicesOf } from './compared.ts';
import { parseFeedPage } from './feeds.ts';
import type { Unit } from './keys.ts';
import { loadScript } from './script.ts';
import { comparePlaces } from './totals.ts';

/** What one script looks at, which keeps Redis below 5 ms. */
const bookingsAtOnce = 2_000;
/** Feeds of which only the end is looked at. */
const endsAtOnce = 10;

const alike = loadScript('./compare-feeds.lua');
type Alike = [last: string, goesOn: 0 | 1];

type Page = { readonly first: string | undefined; readonly bookings: readonly ShownBooking[] };

/** A feed, and after which place it is still to be compared. */
type Open = { readonly table: string; readonly after: string };

/**
 * Bookings never change: as far as both have them they are compared wherever the two stand, and only the end
 * of each feed as of one place.
 */
export async function* compareFeeds(
  compared: Compared,
  tables: readonly string[],
): AsyncGenerator<Difference> {
  const ends: Open[] = [];
  for (const table of tables) ends.push({ table, after: yield* compareUpToEnd(compared, table) });
  for (const some of slicesOf(ends, endsAtOnce)) yield* compareEnds(compared, some);
}

/** The place up to which both are the same, from the first booking that both hold; '0' where none is. */
const sameUpTo = async (compared: Compared, table: string): Promise<string> => {
  for (let place = ''; ; ) {
    const [last, goesOn] = (await lookInside(compared, table, alike, [place, bookingsAtOnce])) as Alike;
    place = last || place;
    if (goesOn === 0) return place || '0';
  }
};

/** @returns the place up to which both have bookings */
async function* compareUpToEnd(compared: Compared, table: string): AsyncGenerator<Difference, string> {
  for (let after = await sameUpTo(compared, table); ; ) {
    const both = await lookAtBoth(compared, (questions) => questions.feed(table, after, bookingsAtOnce));
    const [live, rebuilt] = [pageOf(both.live[0], after), pageOf(both.rebuilt[0], after)];
    if (live.bookings.length === 0 || rebuilt.bookings.length === 0) return after;
    after = lastOfBoth(live, rebuilt)!;
    yield* compareBookings(compared.unit, table, live, rebuilt, after);
  }
}

async function* compareEnds(compared: Compared, ends: readonly Open[]): AsyncGenerator<Difference> {
  for (let open = ends; open.length > 0; ) {
    const both = await readBoth(compared, (questions) => {
      for (const { table, after } of open) questions.feed(table, after, bookingsAtOnce);
    });
    const further: Open[] = [];
    for (const [n, { table, after }] of open.entries()) {
      const [live, rebuilt] = [pageOf(both.live[n], after), pageOf(both.rebuilt[n], after)];
      const last = lastOfBoth(live, rebuilt);
      if (last === undefined) continue;
      yield* compareBookings(compared.unit, table, live, rebuilt, last);
      further.push({ table, after: last });
    }
    open = further;
  }
}

/** The end of what both pages tell of; undefined where nothing is left. */
const lastOfBoth = (live: Page, rebuilt: Page): string | undefined =>
  firstPlace(live.bookings.at(-1)?.position, rebuilt.bookings.at(-1)?.position);

const pageOf = (answer: unknown, after: string): Page => {
  const words = answer as readonly string[];
  const { bookings } = parseFeedPage<ShownBooking>(words, after, bookingsAtOnce);
  return { first: words[1], bookings };
};

/** The earlier of two places; the one there is, where there is but one. */
const firstPlace = (a: string | undefined, b: string | undefined): string | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  return comparePlaces(a, b) < 0 ? a : b;
};

/** Bookings that one of the two holds no longer are not missed: when they go depends on the batches. */
function* compareBookings(
  unit: Unit,
  table: string,
  live: Page,
  rebuilt: Page,
  last: string,
): Generator<Difference> {
  const isHeld = (position: string, { first }: Page): boolean =>
    first !== undefined && first !== '0' && comparePlaces(position, first) >= 0;
  const upTo = ({ bookings }: Page) => bookings.filter(({ position }) => comparePlaces(position, last) <= 0);
  if (JSON.stringify(upTo(live)) === JSON.stringify(upTo(rebuilt))) return;
  const byPlace = (page: Page) =>
    new Map(upTo(page).map((booking) => [booking.position, JSON.stringify(booking)]));
  const [ones, others] = [byPlace(live), byPlace(rebuilt)];
  for (const place of new Set([...ones.keys(), ...others.keys()])) {
    const [one, other] = [ones.get(place) ?? null, others.get(place) ?? null];
    if (one === other) continue;
    if (one === null && !isHeld(place, live) && live.bookings.length > 0) continue;
    if (other === null && !isHeld(place, rebuilt) && rebuilt.bookings.length > 0) continue;
    yield { unit, table, field: place, live: one, rebuilt: other };
  }
}
