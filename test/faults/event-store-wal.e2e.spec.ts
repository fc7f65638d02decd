import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Damage, examineAll } from './event-store-damage.ts';
import { printCounts, seededRandom, whole, withFolder } from './event-store-log.ts';
import { leaveBehind, leftBehind } from './event-store-wal.ts';

const sectorBytes = 512;
const endBytes = 8_240;
const trials = whole
  ? { flips: 20_000, cuts: 5_000, ends: endBytes, sectors: 1_000 }
  : { flips: 60, cuts: 30, ends: 20, sectors: 20 };

const names = Object.keys(leftBehind) as (keyof typeof leftBehind)[];

it.each(names)(
  'a damaged write-ahead log, %s: the log may be shorter, which shows, and is never another',
  {
    timeout: 3_600_000,
  },
  async (how) => {
    await withFolder('memory', async (folder) => {
      const file = join(folder, 'log.db');
      const bytes = await leaveBehind(file, how);
      const random = seededRandom(7);
      const anywhere = (end: number): number => Math.floor(random() * end);
      const many = (count: number, make: (n: number) => Damage): Damage[] =>
        Array.from({ length: count }, (_, n) => make(n));
      const kinds: Record<string, Damage[]> = {
        'one bit flipped': many(trials.flips, () => ({ flip: anywhere(bytes * 8) })),
        'cut anywhere': many(trials.cuts, () => ({ cut: 1 + anywhere(bytes) })),
        'cut at its end': many(trials.ends, (n) => ({ cut: 1 + Math.floor((n * endBytes) / trials.ends) })),
        'a sector blank': many(trials.sectors, () => ({
          blank: anywhere(bytes / sectorBytes) * sectorBytes,
          bytes: sectorBytes,
        })),
        'all of it gone': [{ cut: bytes }],
      };
      const tallies = await examineAll({ folder, file, part: 'wal' }, kinds);
      for (const [kind, { counts, examples }] of Object.entries(tallies)) {
        printCounts(`write-ahead log ${how}, ${kind}, ${kinds[kind]!.length} trials`, counts);
        expect.soft({ wrong: counts.wrong, examples }).toEqual({ wrong: 0, examples: [] });
      }
    });
  },
);
