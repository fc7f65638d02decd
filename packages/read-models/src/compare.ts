import type { ShownBooking } from '@carat/protocol';
import type { RedisClient } from './connection.ts';
import { parseFeedPage } from './feeds.ts';
import { checkpointKey, feedHeadsTable, ranksPrefix, tableKey, type Unit } from './keys.ts';
import { askUnit, type Checkpoint, type FieldsAnswer } from './questions.ts';
import { minRanked } from './ranks.ts';
import { listTables, scanFields } from './scan.ts';
import { loadScript } from './script.ts';
import { comparePlaces, rankTotals } from './totals.ts';

/** What two generations say of one thing, each as of the same place; null where one has nothing there. */
export type Difference = {
  readonly unit: Unit;
  readonly table: string;
  /** A field of the table, a member of its ranks, or the place of a booking. */
  readonly field: string;
  readonly live: string | null;
  readonly rebuilt: string | null;
};

type Slice = (questions: ReturnType<typeof askUnit>) => void;
type Both = { readonly live: unknown; readonly rebuilt: unknown };

/** What is compared: two generations of one unit, and who brings the rebuilt one to a place of the log. */
export type Compared = {
  readonly redis: RedisClient;
  readonly unit: Unit;
  readonly live: string;
  readonly rebuilt: string;
  /** Brings the rebuilt generation exactly to a place that the live one has reached. */
  readonly align: (place: Checkpoint) => Promise<void>;
};

const maxAttempts = 50;
/** What one script looks at, which keeps Redis below 5 ms. */
const fieldsAtOnce = 4_000;
const bookingsAtOnce = 2_000;

const scan = loadScript('./compare.lua');
type Scanned = [isWhole: 0 | 1, next: string, ...fields: string[]];

/** The live generation was lost, torn or replaced while it was compared. */
export class CannotCompare extends Error {
  override readonly name = 'CannotCompare';
}

const notWhole = (unit: Unit): CannotCompare =>
  new CannotCompare(`the numbers of ${unit} that are read now are being made anew`);

/**
 * Compares all that two generations hold of a unit, slice by slice: totals field by field, the first
 * `minRanked` of each board, bookings one by one. Nobody is held up for it: a slice of the live generation is
 * read together with its place in one step, then the other is brought to that very place and read too.
 * @throws CannotCompare
 */
export async function* compareUnits(compared: Compared): AsyncGenerator<Difference> {
  const { redis, unit, live, rebuilt } = compared;
  const tablesOf = (generation: string) => listTables(redis, generation, unit);
  const names = new Set([...(await tablesOf(live)), ...(await tablesOf(rebuilt))]);
  for (const table of [...names].sort()) {
    if (table === feedHeadsTable) continue;
    if (table.startsWith(ranksPrefix)) yield* compareRanks(compared, table.slice(ranksPrefix.length));
    else if (await isFeed(compared, table)) yield* compareFeeds(compared, table);
    else yield* compareTables(compared, table);
  }
}

const isFeed = async ({ redis, unit, live, rebuilt }: Compared, table: string): Promise<boolean> => {
  for (const generation of [rebuilt, live]) {
    const type = await redis.type(tableKey(generation, unit, table));
    if (type !== 'none') return type === 'stream';
  }
  return false;
};

/** Both answers as of one place. */
const readBoth = async ({ redis, unit, live, rebuilt, align }: Compared, ask: Slice): Promise<Both> => {
  const read = async (generation: string) => {
    const questions = askUnit(generation, unit);
    ask(questions);
    return questions.read(redis);
  };
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const there = await read(live);
    if (there.checkpoint === undefined || there.checkpoint.torn) {
      throw notWhole(unit);
    }
    await align(there.checkpoint);
    const here = await read(rebuilt);
    if (here.checkpoint?.position === there.checkpoint.position) {
      return { live: there.answers[0], rebuilt: here.answers[0] };
    }
  }
  throw new CannotCompare(`the two generations of ${unit} never stood at the same place`);
};

/**
 * Where both say the same of a field they agree, though the live one may stand some events further: a total
 * names the place of the last booking in it. Only what differs is read again as of one place.
 */
async function* compareTables(compared: Compared, table: string): AsyncGenerator<Difference> {
  const { redis, unit, live, rebuilt } = compared;
  const keys = [checkpointKey(live, unit), tableKey(live, unit, table), tableKey(rebuilt, unit, table)];
  let isLacking = false;
  let cursor = '0';
  do {
    const [isWhole, next, ...fields] = (await scan(redis, keys, [cursor, fieldsAtOnce])) as Scanned;
    if (isWhole === 0) throw notWhole(unit);
    cursor = next;
    if (fields.length === 0) continue;
    for await (const difference of compareFields(compared, table, fields)) {
      if (difference.rebuilt === null) isLacking = true;
      yield difference;
    }
  } while (cursor !== '0');
  // The rebuilt one has all that the live one has, or it was just said what it lacks.
  if (isLacking || !(await areAsMany(compared, table))) yield* compareRest(compared, table);
}

/** What the rebuilt table has and the live one lacks. */
async function* compareRest(compared: Compared, table: string): AsyncGenerator<Difference> {
  const { redis, unit, live, rebuilt } = compared;
  for await (const fields of scanFields(redis, tableKey(rebuilt, unit, table))) {
    const found = await redis.hmget(tableKey(live, unit, table), ...fields);
    const lacking = fields.filter((_, place) => found[place] === null);
    if (lacking.length > 0) yield* compareFields(compared, table, lacking);
  }
}

const areAsMany = async (compared: Compared, table: string): Promise<boolean> => {
  const both = await readBoth(compared, (questions) => questions.fields(table, []));
  return (both.live as FieldsAnswer)[0] === (both.rebuilt as FieldsAnswer)[0];
};

async function* compareFields(
  compared: Compared,
  table: string,
  fields: readonly string[],
): AsyncGenerator<Difference> {
  const both = await readBoth(compared, (questions) => questions.fields(table, fields));
  const [, live] = both.live as FieldsAnswer;
  const [, rebuilt] = both.rebuilt as FieldsAnswer;
  for (const [place, field] of fields.entries()) {
    const [one, other] = [live[place] ?? null, rebuilt[place] ?? null];
    if (one !== other) yield { unit: compared.unit, table, field, live: one, rebuilt: other };
  }
}

async function* compareRanks(compared: Compared, table: string): AsyncGenerator<Difference> {
  const both = await readBoth(compared, (questions) => questions.top(table, minRanked));
  const live = firstOf(both.live as string[]);
  const rebuilt = firstOf(both.rebuilt as string[]);
  for (const id of new Set([...live.keys(), ...rebuilt.keys()])) {
    const [one, other] = [live.get(id) ?? null, rebuilt.get(id) ?? null];
    if (one === other) continue;
    yield { unit: compared.unit, table: ranksPrefix + table, field: id, live: one, rebuilt: other };
  }
}

/** Those who count of a board: by id, their place on it and score. */
const firstOf = (flat: readonly string[]): Map<string, string> => {
  const pairs = Array.from({ length: flat.length / 2 }, (_, n) => [flat[2 * n]!, flat[2 * n + 1]!] as const);
  const ranked = rankTotals(pairs).slice(0, minRanked);
  return new Map(ranked.map(({ id, amounts }, place) => [id, `${place + 1}. ${amounts[0]}`]));
};

type Page = { readonly first: string | undefined; readonly bookings: readonly ShownBooking[] };

async function* compareFeeds(compared: Compared, table: string): AsyncGenerator<Difference> {
  for (let after = '0'; ; ) {
    const both = await readBoth(compared, (questions) => questions.feed(table, after, bookingsAtOnce));
    const live = pageOf(both.live as string[], after);
    const rebuilt = pageOf(both.rebuilt as string[], after);
    const last = firstPlace(live.bookings.at(-1)?.position, rebuilt.bookings.at(-1)?.position);
    if (last === undefined) return;
    yield* compareBookings(compared.unit, table, live, rebuilt, last);
    after = last;
  }
}

const pageOf = (answer: readonly string[], after: string): Page => {
  const { bookings } = parseFeedPage<ShownBooking>(answer, after, bookingsAtOnce);
  return { first: answer[1], bookings };
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
