import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Examination } from './event-store-damage.fixture.ts';

/** One way to damage a file. Bits and bytes are counted from its start, cuts from its end. */
export type Damage =
  | { readonly flip: number }
  | { readonly cut: number }
  | { readonly blank: number; readonly bytes: number };

/** What came of many trials by verdict, and examples of what was wrong. */
export type Tally = { readonly counts: Record<string, number>; readonly examples: string[] };
/** Tallies by the kind of damage. */
export type Tallies = Record<string, Tally>;

/** A process takes as long to start as so many trials. */
const minShare = 150;
const script = join(import.meta.dirname, 'event-store-damage.fixture.ts');

/** The bytes of a file after damage was done to it. */
export const damaged = (bytes: Buffer, damage: Damage): Buffer => {
  if ('cut' in damage) return bytes.subarray(0, bytes.length - damage.cut);
  const copy = Buffer.from(bytes);
  if ('flip' in damage) copy[damage.flip >> 3]! ^= 1 << (damage.flip & 7);
  else copy.subarray(damage.blank, damage.blank + damage.bytes).fill(0);
  return copy;
};

const examineShare = (examination: Examination): Promise<Tallies> =>
  new Promise((resolve, reject) => {
    const child = fork(script);
    child.once('message', (tallies) => resolve(tallies as Tallies));
    child.once('exit', (code) => reject(new Error(`The examination ended with ${code}.`)));
    child.send(examination);
  });

const addUp = (tallies: readonly Tally[]): Tally => {
  const counts: Record<string, number> = { wrong: 0 };
  for (const tally of tallies) {
    for (const [verdict, count] of Object.entries(tally.counts)) {
      counts[verdict] = (counts[verdict] ?? 0) + count;
    }
  }
  return { counts, examples: tallies.flatMap(({ examples }) => examples) };
};

/** Tries every damage on a copy of its own, in several processes. */
export const examineAll = async (
  of: Pick<Examination, 'folder' | 'file' | 'part'>,
  kinds: Readonly<Record<string, readonly Damage[]>>,
): Promise<Tallies> => {
  const damages = Object.entries(kinds).flatMap(([kind, all]) => all.map((damage) => ({ kind, damage })));
  const length = Math.max(1, Math.min(availableParallelism(), Math.floor(damages.length / minShare)));
  const shares = await Promise.all(
    Array.from({ length }, (_, process) =>
      examineShare({ ...of, process, damages: damages.filter((_, n) => n % length === process) }),
    ),
  );
  return Object.fromEntries(
    Object.keys(kinds).map((kind) => [kind, addUp(shares.flatMap((share) => share[kind] ?? []))]),
  );
};
