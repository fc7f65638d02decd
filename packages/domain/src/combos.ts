/**
 * The combos that a wallet remembers, packed: 32 bytes each instead of several hundred as objects, since a
 * gateway keeps those of every wallet in use. Oldest booking first, so forgetting cuts off the front.
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
  /** The highest count booked. */
  readonly count: number;
  /** When it was last booked, in ms since 1970. */
  readonly at: number;
};

export type Combos = {
  readonly terms: readonly Terms[];
  /** Per combo eight words: four of its id, index of its terms, count, high and low word of `at`. */
  readonly words: Uint32Array;
};

const wordsPerCombo = 8;
const twoTo32 = 0x1_0000_0000;

export const noCombos: Combos = { terms: [], words: new Uint32Array(0) };

export const countCombos = (combos: Combos): number => combos.words.length / wordsPerCombo;

type Id = readonly [number, number, number, number];

const packId = (combo: string): Id => [
  Number.parseInt(combo.slice(0, 8), 16),
  Number.parseInt(combo.slice(9, 13) + combo.slice(14, 18), 16),
  Number.parseInt(combo.slice(19, 23) + combo.slice(24, 28), 16),
  Number.parseInt(combo.slice(28, 36), 16),
];

const hex = (word: number): string => word.toString(16).padStart(8, '0');

const unpackId = (words: Uint32Array, at: number): string => {
  const all = hex(words[at]!) + hex(words[at + 1]!) + hex(words[at + 2]!) + hex(words[at + 3]!);
  return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join('-');
};

/**
 * Newest first, since what is asked for is mostly what was just booked. @returns index of its words, or -1
 */
const indexOf = (words: Uint32Array, [a, b, c, d]: Id): number => {
  for (let i = words.length - wordsPerCombo; i >= 0; i -= wordsPerCombo) {
    if (words[i + 3] === d && words[i + 2] === c && words[i + 1] === b && words[i] === a) return i;
  }
  return -1;
};

const atOf = (words: Uint32Array, i: number): number => words[i + 6]! * twoTo32 + words[i + 7]!;

const comboAt = ({ terms, words }: Combos, i: number, combo = unpackId(words, i)): Combo => ({
  combo,
  terms: terms[words[i + 4]!]!,
  count: words[i + 5]!,
  at: atOf(words, i),
});

export const findCombo = (combos: Combos, combo: string): Combo | undefined => {
  const i = indexOf(combos.words, packId(combo));
  return i < 0 ? undefined : comboAt(combos, i, combo);
};

export const sameTerms = (a: Terms, b: Terms): boolean =>
  a.gift === b.gift &&
  a.live === b.live &&
  a.unitCoins === b.unitCoins &&
  a.rate === b.rate &&
  a.creator === b.creator;

/** Remembers a booking: a combo it knows moves to the end with its new count, a new one is added there. */
export const bookCombo = (combos: Combos, booked: Combo): Combos => {
  const id = packId(booked.combo);
  const known = indexOf(combos.words, id);
  const rest = combos.words.length - (known < 0 ? 0 : wordsPerCombo);
  const words = new Uint32Array(rest + wordsPerCombo);
  if (known < 0) words.set(combos.words);
  else {
    words.set(combos.words.subarray(0, known));
    words.set(combos.words.subarray(known + wordsPerCombo), known);
  }
  let index = combos.terms.findIndex((terms) => sameTerms(terms, booked.terms));
  let { terms } = combos;
  if (index < 0) {
    index = terms.length;
    terms = [...terms, booked.terms];
  }
  words.set([...id, index, booked.count, Math.floor(booked.at / twoTo32), booked.at % twoTo32], rest);
  return { terms, words };
};

/** Terms that may lie unused beside those in use; so they are tidied up now and then only. */
const spareTerms = 16;

/** Keeps the terms that are in use, and no others. */
const tidyTerms = ({ terms, words }: Combos): Combos => {
  if (terms.length <= 2 * (words.length / wordsPerCombo) + spareTerms) return { terms, words };
  const kept: Terms[] = [];
  const places = new Map<number, number>();
  const renamed = words.slice();
  for (let i = 4; i < words.length; i += wordsPerCombo) {
    const index = words[i]!;
    let place = places.get(index);
    if (place === undefined) {
      place = kept.push(terms[index]!) - 1;
      places.set(index, place);
    }
    renamed[i] = place;
  }
  return { terms: kept, words: renamed };
};

/** Forgets the combos that were last booked before `since`. */
export const forgetCombos = (combos: Combos, since: number): Combos => {
  const { terms, words } = combos;
  let first = 0;
  while (first < words.length && atOf(words, first) < since) first += wordsPerCombo;
  return first === 0 ? combos : tidyTerms({ terms, words: words.slice(first) });
};

/** Combos as they stand after their last bookings, packed in one go; each combo once. */
export const packCombos = (newestFirst: readonly Combo[]): Combos => {
  const terms: Terms[] = [];
  const places = new Map<string, number>();
  const words = new Uint32Array(newestFirst.length * wordsPerCombo);
  for (const [n, { combo, terms: own, count, at }] of newestFirst.entries()) {
    const key = JSON.stringify([own.live, own.creator, own.gift, own.unitCoins, own.rate]);
    const place = places.get(key) ?? terms.push(own) - 1;
    places.set(key, place);
    const i = words.length - (n + 1) * wordsPerCombo;
    words.set([...packId(combo), place, count, Math.floor(at / twoTo32), at % twoTo32], i);
  }
  return { terms, words };
};

/** All of them, the one booked last at the end. */
export const listCombos = (combos: Combos): Combo[] =>
  Array.from({ length: countCombos(combos) }, (_, i) => comboAt(combos, i * wordsPerCombo));
