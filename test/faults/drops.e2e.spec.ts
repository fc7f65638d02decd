import { expect, it } from 'vitest';
import { runDrops } from '../bench/drops-run.ts';
import { printCounts } from './event-store-log.ts';

/** `npm run bench -- drops` in little; and some clients stop reading meanwhile. */
it('clients that are cut, stall or lose their gateway see every booking once', async () => {
  const { catchUpsMs, killCatchUpsMs, agesMs, ...counts } = await runDrops({
    watchers: 60,
    programs: 1,
    seconds: 10,
    giftsPerSecond: 150,
    cuts: { everyMs: 3_000, forMs: 500 },
    stalled: 10,
  });
  printCounts('clients cut and stalled', counts);
  expect(counts).toMatchObject({
    clients: 60,
    missed: 0,
    doubled: 0,
    unknown: 0,
    gaps: 0,
    offTotals: 0,
    refused: 0,
  });
  expect(counts.gifts).toBeGreaterThan(1_000);
  expect(counts.cuts).toBeGreaterThan(100);
  expect(catchUpsMs.length).toBeGreaterThan(100);
});
