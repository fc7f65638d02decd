import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openEventStore } from '@carat/event-store';
import { type Damage, damaged, type Tallies } from './event-store-damage.ts';
import { examineShortened } from './event-store-shortened.ts';
import { examine, readLog, truthOf, type Verdict } from './event-store-truth.ts';

/** A log to damage again and again, and how. */
export type Examination = {
  /** Where copies may be made. */
  readonly folder: string;
  /** The log as it was left, its write-ahead log beside it if there is one. */
  readonly file: string;
  /** What is damaged of it. */
  readonly part: 'file' | 'wal';
  readonly process: number;
  readonly damages: readonly { readonly kind: string; readonly damage: Damage }[];
};

const maxExamples = 20;

const readIfThere = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
};

/** Damages fresh copies of a log, one after the other, and judges what each answers. */
const run = async ({ folder, file, part, process: number, damages }: Examination): Promise<void> => {
  const [database, wal] = [readFileSync(file), readIfThere(`${file}-wal`)];
  const copy = join(folder, `copy-${number}.db`);
  const lay = (damage?: Damage): void => {
    const laid = (name: 'file' | 'wal', bytes: Buffer): Buffer =>
      damage && part === name ? damaged(bytes, damage) : bytes;
    for (const rest of ['-wal', '-shm']) rmSync(copy + rest, { force: true });
    writeFileSync(copy, laid('file', database));
    if (wal) writeFileSync(`${copy}-wal`, laid('wal', wal));
  };
  lay();
  const store = await openEventStore(`sqlite:${copy}`);
  const truth = truthOf(await readLog(store));
  await store.close();
  const tallies: Tallies = {};
  for (const [trial, { kind, damage }] of damages.entries()) {
    lay(damage);
    await setImmediate();
    const judge = part === 'file' ? examine : examineShortened;
    const verdict: Verdict = await judge(`sqlite:${copy}`, truth, trial);
    tallies[kind] ??= { counts: {}, examples: [] };
    const { counts, examples } = tallies[kind];
    counts[verdict.is] = (counts[verdict.is] ?? 0) + 1;
    if ('what' in verdict && examples.length < maxExamples) {
      examples.push(`${JSON.stringify(damage)}: ${verdict.what}`);
    }
  }
  process.send?.(tallies, () => process.disconnect());
};

// Whoever asked may be gone before the answer.
process.once('disconnect', () => process.exit());
process.once('message', (message) => run(message as Examination));
