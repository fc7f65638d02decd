/**
 * Seeded chance. The generator is sfc32 ("small fast counter", Chris Doty-Humphrey, PractRand, public
 * domain); its state comes from the seed's text by FNV-1a (Fowler, Noll, Vo) and the finaliser of MurmurHash3
 * (Austin Appleby).
 */
export interface Random {
  /** Evenly from [0, 1). */
  next(): number;
  /** Evenly from [from, to). */
  between(from: number, to: number): number;
  /** A whole number, evenly from [0, limit). */
  below(limit: number): number;
  /**
   * True with this probability. Draws once whatever the probability, so that a changed knob shifts nothing
   * else.
   */
  chance(probability: number): boolean;
  /** Exponential, for the time between things that happen independently of each other. */
  exponential(mean: number): number;
  /** Standard normal. */
  normal(): number;
  /** One of them, evenly. */
  pick<T>(from: readonly T[]): T;
}

const roundsToMix = 12;

/** Each topic is a sequence of its own: what one part draws never moves what another part draws. */
export const randomFor = (seed: string, topic: string): Random => {
  let [a, b, c, counter] = stateOf(`${seed.length}:${seed}${topic}`);
  const draw = (): number => {
    const drawn = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  };
  for (let round = 0; round < roundsToMix; round++) draw();
  const next = (): number => draw() / 2 ** 32;
  const random: Random = {
    next,
    between: (from, to) => from + next() * (to - from),
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => next() < probability,
    exponential: (mean) => -Math.log(1 - next()) * mean,
    // Box and Muller's transform; its twin is thrown away to keep one draw independent of the next.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick: (from) => from[random.below(from.length)]!,
  };
  return random;
};

const stateOf = (text: string): [number, number, number, number] => {
  const hash = fnv1a(text);
  return [mix(hash), mix(hash + 1), mix(hash + 2), 1];
};

const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  return hash >>> 0;
};

const mix = (word: number): number => {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
};
