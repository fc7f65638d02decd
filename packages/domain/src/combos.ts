/**
 * The combos that a wallet remembers, packed: 40 bytes each instead of several hundred as objects, since a
 * gateway keeps those of every wallet in use. Oldest booking first, so forgetting cuts off the front.
 *
 * An array of doubles rather than a typed one: it lies on the heap, where a new one at every booking is
 * cheap.
 */

/** What a combo keeps from its first booking on. */
export type Terms = {
  readonly live: string;
  readonly creator: string;
  readonly gift: string;
  readonly unitCoins: number;
  /** Thousandths of a diamond per coin. */
  readonly rate: number;
};

export type Combo = {
  readonly combo: string;
  readonly terms: Terms;
  /** The highest count booked; below `countsPerTerms`. */
  readonly count: number;
  /** When it was last booked, in ms since 1970. */
  readonly at: number;
};

export type Combos = {
  readonly terms: readonly Terms[];
  /**
   * Per combo five numbers: three parts of its id, `at`, and the index of its terms together with its count.
   */
  readonly packed: readonly number[];
};

const size = 5;
const countsPerTerms = 0x4000;
/** Terms that may lie unused beside those in use; so they are tidied up now and then only. */
const spareTerms = 16;

export const noCombos: Combos = { terms: [], packed: [] };

export const countCombos = (combos: Combos): number => combos.packed.length / size;

type Id = readonly [number, number, number];

/** A UUID's 32 hex digits in parts of 12, 10 and 10: each fits exactly into a double. */
const packId = (combo: string): Id => [
  Number.parseInt(combo.slice(0, 8) + combo.slice(9, 13), 16),
  Number.parseInt(combo.slice(14, 18) + combo.slice(19, 23) + combo.slice(24, 26), 16),
  Number.parseInt(combo.slice(26, 36), 16),
];

const hex = (part: number, digits: number): string => part.toString(16).padStart(digits, '0');

const unpackId = (packed: readonly number[], i: number): string => {
  const all = hex(packed[i]!, 12) + hex(packed[i + 1]!, 10) + hex(packed[i + 2]!, 10);
  return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join('-');
};

/** Newest first, since what is asked for is mostly what was just booked. @returns where it begins, or -1 */
const indexOf = (packed: readonly number[], [a, b, c]: Id): number => {
  for (let i = packed.length - size; i >= 0; i -= size) {
    if (packed[i + 2] === c && packed[i + 1] === b && packed[i] === a) return i;
  }
  return -1;
};

const comboAt = ({ terms, packed }: Combos, i: number, combo = unpackId(packed, i)): Combo => {
  const count = packed[i + 4]! % countsPerTerms;
  return { combo, terms: terms[(packed[i + 4]! - count) / countsPerTerms]!, count, at: packed[i + 3]! };
};

export const findCombo = (combos: Combos, combo: string): Combo | undefined => {
  const i = indexOf(combos.packed, packId(combo));
  return i < 0 ? undefined : comboAt(combos, i, combo);
};

const sameTerms = (a: Terms, b: Terms): boolean =>
  a.gift === b.gift &&
  a.live === b.live &&
  a.unitCoins === b.unitCoins &&
  a.rate === b.rate &&
  a.creator === b.creator;

/** Remembers a booking: a combo it knows moves to the end with its new count, a new one is added there. */
export const bookCombo = ({ terms, packed }: Combos, booked: Combo): Combos => {
  const [a, b, c] = packId(booked.combo);
  const known = indexOf(packed, [a, b, c]);
  const found = terms.findIndex((own) => sameTerms(own, booked.terms));
  const index = found < 0 ? terms.length : found;
  const added = [a, b, c, booked.at, index * countsPerTerms + booked.count];
  return {
    terms: found < 0 ? [...terms, booked.terms] : terms,
    packed:
      known < 0 ? packed.concat(added) : packed.slice(0, known).concat(packed.slice(known + size), added),
  };
};

/** Keeps the terms that are in use, and no others. */
const tidyTerms = ({ terms, packed }: Combos): Combos => {
  if (terms.length <= 2 * (packed.length / size) + spareTerms) return { terms, packed };
  const kept: Terms[] = [];
  const places = new Map<number, number>();
  const renamed = packed.slice();
  for (let i = 4; i < packed.length; i += size) {
    const count = packed[i]! % countsPerTerms;
    const index = (packed[i]! - count) / countsPerTerms;
    const place = places.get(index) ?? kept.push(terms[index]!) - 1;
    places.set(index, place);
    renamed[i] = place * countsPerTerms + count;
  }
  return { terms: kept, packed: renamed };
};

/** Forgets the combos that were last booked before `since`. */
export const forgetCombos = (combos: Combos, since: number): Combos => {
  const { terms, packed } = combos;
  let first = 0;
  while (first < packed.length && packed[first + 3]! < since) first += size;
  return first === 0 ? combos : tidyTerms({ terms, packed: packed.slice(first) });
};

/** Combos as they stand after their last bookings, packed in one go; each combo once. */
export const packCombos = (newestFirst: readonly Combo[]): Combos => {
  const terms: Terms[] = [];
  const places = new Map<string, number>();
  const packed: number[] = [];
  for (const { combo, terms: own, count, at } of newestFirst.toReversed()) {
    const key = JSON.stringify([own.live, own.creator, own.gift, own.unitCoins, own.rate]);
    const place = places.get(key) ?? terms.push(own) - 1;
    places.set(key, place);
    packed.push(...packId(combo), at, place * countsPerTerms + count);
  }
  return { terms, packed };
};

/** All of them, the one booked last at the end. */
export const listCombos = (combos: Combos): Combo[] =>
  Array.from({ length: countCombos(combos) }, (_, i) => comboAt(combos, i * size));
