/**
 * The combos that a wallet remembers, packed: 40 bytes each instead of several hundred as objects, since a
 * gateway keeps those of every wallet in use. Oldest booking first, so forgetting cuts off the front; in
 * chunks, so a booking copies one or two of them and not all 10,000 combos.
 *
 * Arrays of doubles rather than typed ones: they lie on the heap, where a new one at every booking is cheap.
 */

const minute = 60_000;

/**
 * Why nothing is booked twice: a new combo is decided at `at` ≥ its id's time − `aheadMs` at the earliest, so
 * all its bookings lie there or after; a combo that is not remembered is refused once that instant may have
 * been forgotten.
 */
export const comboTimes = {
  /** How far a combo's id may lie behind the deciding clock. */
  behindMs: 15 * minute,
  /** How far it may lie ahead. */
  aheadMs: 1 * minute,
  /** For how long a booked combo is remembered. */
  rememberedMs: 16 * minute,
} as const;

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
  readonly chunks: readonly Chunk[];
};

/** No chunk is empty, and any two neighbours but the last fill more than half of one. */
type Chunk = readonly number[];

const size = 5;
const chunkLength = 32 * size;
const countsPerTerms = 0x4000;
/** Terms that may lie unused beside those in use; so they are tidied up now and then only. */
const spareTerms = 16;

export const noCombos: Combos = { terms: [], chunks: [] };

export const countCombos = ({ chunks }: Combos): number =>
  chunks.reduce((sum, { length }) => sum + length, 0) / size;

type Id = readonly [number, number, number];

/**
 * A UUID's 32 hex digits in parts of 12, 10 and 10: each fits exactly into a double. The first is the time of
 * a UUIDv7, in ms since 1970.
 */
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

/**
 * Newest first, since what is asked for is mostly what was just booked, and no further back than the combo
 * can have been booked. @returns its chunk times `chunkLength`, and where in it the combo begins; or -1
 */
const placeOf = (chunks: readonly Chunk[], [a, b, c]: Id): number => {
  const earliest = a - comboTimes.aheadMs;
  for (let n = chunks.length - 1; n >= 0; n--) {
    const chunk = chunks[n]!;
    for (let i = chunk.length - size; i >= 0; i -= size) {
      if (chunk[i + 2] === c && chunk[i + 1] === b && chunk[i] === a) return n * chunkLength + i;
      if (chunk[i + 3]! < earliest) return -1;
    }
  }
  return -1;
};

const comboAt = (terms: readonly Terms[], chunk: Chunk, i: number, combo = unpackId(chunk, i)): Combo => {
  const count = chunk[i + 4]! % countsPerTerms;
  return { combo, terms: terms[(chunk[i + 4]! - count) / countsPerTerms]!, count, at: chunk[i + 3]! };
};

/** @param combo a UUIDv7 */
export const findCombo = ({ terms, chunks }: Combos, combo: string): Combo | undefined => {
  const place = placeOf(chunks, packId(combo));
  if (place < 0) return undefined;
  return comboAt(terms, chunks[Math.floor(place / chunkLength)]!, place % chunkLength, combo);
};

const sameTerms = (a: Terms, b: Terms): boolean =>
  a.gift === b.gift &&
  a.live === b.live &&
  a.unitCoins === b.unitCoins &&
  a.rate === b.rate &&
  a.creator === b.creator;

/** The chunks without the combo at `i` of chunk `n`; what is left of it may join a neighbour. */
const takeOut = (chunks: readonly Chunk[], n: number, i: number): readonly Chunk[] => {
  const rest = chunks[n]!.toSpliced(i, size);
  if (rest.length === 0) return chunks.toSpliced(n, 1);
  for (const first of [n - 1, n]) {
    const [a, b] = first === n ? [rest, chunks[n + 1]] : [chunks[first], rest];
    if (a && b && a.length + b.length <= chunkLength / 2) return chunks.toSpliced(first, 2, a.concat(b));
  }
  return chunks.with(n, rest);
};

const putLast = (chunks: readonly Chunk[], added: Chunk): readonly Chunk[] => {
  const last = chunks.at(-1);
  if (last === undefined || last.length >= chunkLength) return [...chunks, added];
  return chunks.with(-1, last.concat(added));
};

/**
 * Remembers a booking, none of which is older than those it knows: a combo it knows moves to the end with its
 * new count, a new one is added there.
 */
export const bookCombo = ({ terms, chunks }: Combos, booked: Combo): Combos => {
  const [a, b, c] = packId(booked.combo);
  const place = placeOf(chunks, [a, b, c]);
  const found = terms.findIndex((own) => sameTerms(own, booked.terms));
  const index = found < 0 ? terms.length : found;
  const added = [a, b, c, booked.at, index * countsPerTerms + booked.count];
  const others = place < 0 ? chunks : takeOut(chunks, Math.floor(place / chunkLength), place % chunkLength);
  return { terms: found < 0 ? [...terms, booked.terms] : terms, chunks: putLast(others, added) };
};

/** Keeps the terms that are in use, and no others. */
const tidyTerms = (combos: Combos): Combos => {
  const { terms, chunks } = combos;
  if (terms.length <= 2 * countCombos(combos) + spareTerms) return combos;
  const kept: Terms[] = [];
  const places = new Map<number, number>();
  const renamed = chunks.map((chunk) => {
    const own = chunk.slice();
    for (let i = 4; i < own.length; i += size) {
      const count = own[i]! % countsPerTerms;
      const index = (own[i]! - count) / countsPerTerms;
      const place = places.get(index) ?? kept.push(terms[index]!) - 1;
      places.set(index, place);
      own[i] = place * countsPerTerms + count;
    }
    return own;
  });
  return { terms: kept, chunks: renamed };
};

/** Forgets the combos that were last booked before `since`. */
export const forgetCombos = (combos: Combos, since: number): Combos => {
  const { terms, chunks } = combos;
  let forgotten = 0;
  while (forgotten < chunks.length && chunks[forgotten]!.at(3 - size)! < since) forgotten++;
  const oldest = chunks[forgotten];
  let first = 0;
  while (oldest && oldest[first + 3]! < since) first += size;
  if (forgotten === 0 && first === 0) return combos;
  const left = chunks.slice(forgotten);
  return tidyTerms({ terms, chunks: first === 0 ? left : left.with(0, oldest!.slice(first)) });
};

/** Combos as they stand after their last bookings, packed in one go; each combo once. */
export const packCombos = (newestFirst: readonly Combo[]): Combos => {
  const terms: Terms[] = [];
  const places = new Map<string, number>();
  const chunks: number[][] = [];
  for (const { combo, terms: own, count, at } of newestFirst.toReversed()) {
    const key = JSON.stringify([own.live, own.creator, own.gift, own.unitCoins, own.rate]);
    const place = places.get(key) ?? terms.push(own) - 1;
    places.set(key, place);
    const packed = [...packId(combo), at, place * countsPerTerms + count];
    const last = chunks.at(-1);
    if (last && last.length < chunkLength) last.push(...packed);
    else chunks.push(packed);
  }
  return { terms, chunks };
};

/** All of them, the one booked last at the end. */
export const listCombos = ({ terms, chunks }: Combos): Combo[] =>
  chunks.flatMap((chunk) =>
    Array.from({ length: chunk.length / size }, (_, n) => comboAt(terms, chunk, n * size)),
  );
