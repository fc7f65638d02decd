import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore, LogPage, Position, StoredEvent } from '@carat/event-store';

/** `npm run faults` runs every loop in full; `npm test` the same in little. */
export const whole = process.env.CARAT_FAULTS === 'whole';

/** The KurrentDB to prove things against, if any; and a command that kills it and starts it again. */
export const kurrentUrl = process.env.KURRENTDB_URL;
export const kurrentRestart = process.env.KURRENTDB_RESTART;

const pageEvents = 2_000;
const memory = '/dev/shm';

/** Runs a step with a folder of its own, in memory where the machine lets it. */
export const withFolder = async <T>(
  place: 'disk' | 'memory',
  run: (folder: string) => Promise<T>,
): Promise<T> => {
  const parent = place === 'memory' && existsSync(memory) ? memory : tmpdir();
  const folder = await mkdtemp(join(parent, 'carat-faults-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The log after a position, page by page. */
export async function* readPages(
  store: EventStore,
  after?: Position,
  prefixes?: readonly string[],
): AsyncGenerator<readonly StoredEvent[]> {
  let page: LogPage | undefined;
  do {
    const from: Position | undefined = page ? page.upTo : after;
    page = await store.readAll({ after: from, limit: pageEvents, ...(prefixes && { prefixes }) });
    if (!page.atHead && page.upTo === from) throw new Error(`Reading does not go on after ${from}.`);
    yield page.events;
  } while (!page.atHead);
}

/** Prints what a loop counted, in one line. */
export const printCounts = (loop: string, counts: object): void => {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  console.log(`${loop}: ${parts.join(', ')}`);
};

/** The same numbers in [0, 1) for the same seed (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
