export type Point = readonly [x: number, y: number];
/** A gem as it is drawn: a facet is a polygon and how light it is, from 0 to 1. */
export type Cut = {
  readonly color: Jewel;
  readonly facets: readonly { readonly points: readonly Point[]; readonly light: number }[];
};

type Jewel = { readonly hue: number; readonly saturation: number };

/** Ruby, garnet, amethyst, iolite, sapphire, aquamarine, tourmaline, emerald, citrine, topaz, fire opal. */
const jewels: readonly Jewel[] = [
  [348, 70],
  [328, 56],
  [288, 44],
  [256, 52],
  [222, 60],
  [200, 58],
  [176, 48],
  [154, 44],
  [46, 76],
  [30, 72],
  [10, 66],
].map(([hue, saturation]) => ({ hue: hue!, saturation: saturation! }));

/** FNV-1a, its bits mixed as Murmur3 does at its end, so that ids that are alike look different. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) value = Math.imul(value ^ text.charCodeAt(n), 0x01000193) >>> 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
};

const around = (corners: number, radius: (turn: number) => Point): Point[] =>
  Array.from({ length: corners }, (_, n) => radius(((n + 0.5) / corners) * 2 * Math.PI));

const round =
  (wide: number, high: number) =>
  (turn: number): Point => [Math.sin(turn) * wide, -Math.cos(turn) * high];
const pear = (turn: number): Point => [
  Math.sin(turn) * (46 - 14 * Math.cos(turn)),
  -Math.cos(turn) * 46 + 4 * Math.cos(turn) ** 2,
];
const marquise = (turn: number): Point => [
  Math.sign(Math.sin(turn)) * Math.abs(Math.sin(turn)) ** 1.5 * 32,
  -Math.cos(turn) * 48,
];
const cushion = (turn: number): Point => {
  const side = (value: number): number => Math.sign(value) * Math.abs(value) ** 0.65 * 43;
  return [side(Math.sin(turn)), -side(Math.cos(turn))];
};
const outlines = [round(46, 46), round(38, 47), pear, marquise, cushion, round(47, 38)];

/** Light falls from the upper left. */
const lightOf = ([x, y]: Point, depth: number): number => 0.5 - ((x + y) / 92) * depth;

/**
 * How a gift is drawn: a gem of a kind and outline, always the same for its id, with more facets the
 * dearer it is. It lies within 50 of the middle in each direction.
 */
export const cutGem = (gift: string, coins: number): Cut => {
  const seed = hash(gift);
  const color = jewels[seed % jewels.length]!;
  const outline = outlines[(seed >>> 9) % outlines.length]!;
  const corners = coins >= 1_000 ? 12 : coins >= 100 ? 10 : coins >= 10 ? 8 : 6;
  const girdle = around(corners, outline);
  const inside = (share: number): Point[] =>
    girdle.map((point, n) => {
      const [nextX, nextY] = girdle[(n + 1) % corners]!;
      return [((point[0] + nextX) / 2) * share, ((point[1] + nextY) / 2) * share];
    });
  const table = inside(0.56);
  const facets = girdle.flatMap((point, n) => {
    const next = girdle[(n + 1) % corners]!;
    const [left, right] = [table[n]!, table[(n + 1) % corners]!];
    return [
      { points: [point, next, left], light: lightOf(left, 1.1) },
      { points: [next, right, left], light: lightOf(right, 0.6) + 0.12 },
    ];
  });
  return { color, facets: [...facets, { points: table, light: 0.86 }] };
};
