import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Damage, examineAll } from './event-store-damage.ts';
import { printCounts, seededRandom, whole, withFolder } from './event-store-log.ts';
import { shapeNames, writeShape } from './event-store-shapes.ts';

const pageBytes = 4_096;
const pageBits = pageBytes * 8;
const lastPages = 4;
const randomFlips = whole ? 20_000 : 60;
const flipsOfLastPages = whole ? lastPages * pageBits : 150;
const flipsOfFirstPage = whole ? 6_000 : 40;
const cuts = whole ? pageBytes : 40;

/** Every number below an end, or where that would be too many, evenly spread ones. */
const spread = (count: number, end: number): number[] =>
  Array.from({ length: count }, (_, n) => Math.floor(((n + 0.5) * end) / count));

const many = (count: number, make: () => Damage): Damage[] => Array.from({ length: count }, make);

it.each(shapeNames)(
  '%s: the file cut short, or one bit of it flipped, is whole or refused, never wrong',
  {
    timeout: 3_600_000,
  },
  async (shape) => {
    await withFolder('memory', async (folder) => {
      const file = join(folder, 'log.db');
      await writeShape(shape, file);
      const bits = readFileSync(file).length * 8;
      const random = seededRandom(bits);
      const kinds: Record<string, Damage[]> = {
        'cut short': spread(cuts, pageBytes).map((n) => ({ cut: n + 1 })),
        'bits of the last pages': spread(flipsOfLastPages, lastPages * pageBits).map((n) => ({
          flip: bits - 1 - n,
        })),
        'bits of the first page': many(flipsOfFirstPage, () => ({ flip: Math.floor(random() * pageBits) })),
        'bits anywhere': many(randomFlips, () => ({ flip: Math.floor(random() * bits) })),
      };
      const tallies = await examineAll({ folder, file, part: 'file' }, kinds);
      for (const [kind, { counts, examples }] of Object.entries(tallies)) {
        printCounts(`${shape}, ${kind}, ${kinds[kind]!.length} trials`, counts);
        expect.soft({ wrong: counts.wrong, examples }).toEqual({ wrong: 0, examples: [] });
      }
    });
  },
);
