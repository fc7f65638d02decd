import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openEventStore } from '@carat/event-store';
import { insertBare, selectBare } from './event-store-bare.ts';
import { appendOn, fillWallets, type Loop, walletName } from './event-store-events.ts';
import type { Pair } from './rounds.ts';

const times = { warmUpMs: 400, runMs: 1_600 };
const pageEvents = 2_000;
const readMs = 3_000;
const leastRatio = 0.7;

/** A step with a log of its own, in which every wallet has its first event. */
const withLog = async (folder: string, step: (file: string) => Promise<number> | number): Promise<number> => {
  const own = await mkdtemp(join(folder, 'log-'));
  const file = join(own, 'bench.db');
  const store = await openEventStore(`sqlite:${file}`);
  await fillWallets(store, walletName);
  await store.close();
  try {
    return await step(file);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
};

const appends = (folder: string, what: string, loop: Loop): Pair => ({
  what,
  unit: 'per s',
  ours: () =>
    withLog(folder, async (file) => {
      const store = await openEventStore(`sqlite:${file}`);
      const perSecond = await appendOn(store, walletName, loop);
      await store.close();
      return perSecond;
    }),
  reference: () => withLog(folder, (file) => insertBare(file, loop)),
  against: 'bare inserts, as many to a transaction',
  budget: { ratio: leastRatio },
});

const readOurs = async (file: string): Promise<number> => {
  const store = await openEventStore(`sqlite:${file}`);
  const startedAt = performance.now();
  let events = 0;
  for (let page = await store.readAll({ limit: pageEvents }); ; ) {
    events += page.events.length;
    if (page.atHead) break;
    page = await store.readAll({ after: page.upTo, limit: pageEvents });
  }
  const took = performance.now() - startedAt;
  await store.close();
  return (events * 1_000) / took;
};

/** Both read one log, which is written once and lasts. */
const reads = (folder: string): Pair => {
  const file = join(folder, 'read.db');
  let written: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    const store = await openEventStore(`sqlite:${file}`);
    await fillWallets(store, walletName);
    await appendOn(store, walletName, { inFlight: 1_000, batch: 1, warmUpMs: 0, runMs: readMs });
    await store.close();
  };
  const once = async (): Promise<string> => {
    written ??= write();
    await written;
    return file;
  };
  return {
    what: `read forwards, pages of ${pageEvents}`,
    unit: 'per s',
    ours: async () => readOurs(await once()),
    reference: async () => selectBare(await once(), pageEvents),
    against: 'bare select, data parsed',
    budget: { ratio: leastRatio },
  };
};

/** Appends and reads on SQLite, beside the bare prepared statements. */
export const sqlitePairs = (folder: string): Pair[] => [
  ...[1, 16, 256].map((inFlight) =>
    appends(folder, `append, ${inFlight} in flight`, { inFlight, batch: 1, ...times }),
  ),
  appends(folder, 'append, batches of 200', { inFlight: 1, batch: 200, ...times }),
  reads(folder),
];
