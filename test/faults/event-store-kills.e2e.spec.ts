import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openEventStore } from '@carat/event-store';
import { expect, it } from 'vitest';
import { Appender } from './event-store-appender.ts';
import { newLane } from './event-store-appends.ts';
import { printCounts, whole, withFolder } from './event-store-log.ts';
import { nothingWrong, Witness } from './event-store-witness.ts';

const cycles = whole ? 200 : 6;
const lanesAtOnce = 64;
/** The kill comes at any moment of the start, or within so many ms after the first answer. */
const maxStartMs = 200;
const maxWorkMs = 250;

// Not a wait for progress: the kill is to come at a moment of its own.
const anyMoment = (maxMs: number) => new Promise((resolve) => setTimeout(resolve, Math.random() * maxMs));

it(`kill -9, ${cycles} times, on a process that appends at full speed: nothing lost, nothing doubled`, {
  timeout: 1_200_000,
}, async () => {
  await withFolder('disk', async (folder) => {
    const file = join(folder, 'killed.db');
    const lanes = Array.from({ length: lanesAtOnce }, (_, n) => newLane(`lane-${n}`));
    const witness = new Witness(true);
    const failures: string[] = [];
    let interrupted = 0;
    for (let cycle = 0; cycle < cycles; cycle++) {
      const appender = new Appender(`sqlite:${file}`, lanes);
      try {
        if (cycle % 5 < 4) await appender.until(1);
        await anyMoment(cycle % 5 < 4 ? maxWorkMs : maxStartMs);
      } finally {
        await appender.kill();
      }
      failures.push(...appender.failures);
      const open = lanes.flatMap((lane) => lane.open ?? []);
      interrupted += open.length;
      const store = await openEventStore(`sqlite:${file}`);
      await witness.look(store, appender.answered, open);
      await store.close();
    }
    const store = await openEventStore(`sqlite:${file}`);
    expect(await witness.isUnchanged(store)).toBe(true);
    await store.close();
    const db = new DatabaseSync(file);
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    db.close();
    printCounts(`kill -9 while appending, ${cycles} cycles`, { ...witness.counts, interrupted });
    expect(failures).toEqual([]);
    expect(witness.counts).toMatchObject(nothingWrong);
    expect(witness.counts.resent).toBeGreaterThan(0);
    expect(interrupted).toBeGreaterThan(0);
  });
});
