import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openEventStore } from '@carat/event-store';
import { expect, it } from 'vitest';
import { printCounts, readPages, whole, withFolder } from './event-store-log.ts';
import type { Order, Report } from './event-store-runner.fixture.ts';

const rounds = whole ? 5 : 2;
const warmUpMs = whole ? 2_000 : 300;
const aloneMs = whole ? 6_000 : 500;
const togetherMs = whole ? 12_000 : 600;
const leastRatio = 0.8;

const script = join(import.meta.dirname, 'event-store-runner.fixture.ts');
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const start = async (url: string, name: string, inFlight: number): Promise<ChildProcess> => {
  const child = fork(script, [url, name, String(inFlight)]);
  await once(child, 'message');
  return child;
};

const tell = async <R extends Report>(child: ChildProcess, order: Order): Promise<R> => {
  const answer = once(child, 'message');
  child.send(order);
  return (await answer)[0];
};

/** Lets processes append at once for so long. @returns appends per second of all together */
const race = async (
  children: readonly ChildProcess[],
  runMs: number,
  failures: string[],
): Promise<number> => {
  const reports = await Promise.all(
    children.map((child) => tell<Extract<Report, { appended: number }>>(child, { runMs })),
  );
  failures.push(...reports.flatMap((report) => report.failures));
  return reports.reduce((sum, { appended, ms }) => sum + (appended * 1_000) / ms, 0);
};

it.each([64, 1_000])(
  'two processes, %i appends in flight each: no error, nothing lost, hardly slower than one',
  {
    timeout: 300_000,
  },
  async (inFlight) => {
    await withFolder('disk', async (folder) => {
      const file = join(folder, 'shared.db');
      const url = `sqlite:${file}`;
      const children = [await start(url, 'one', inFlight), await start(url, 'two', inFlight)] as const;
      const failures: string[] = [];
      await race(children, warmUpMs, failures);
      const [alone, together]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        alone.push(await race([children[round % 2]!], aloneMs, failures));
        together.push(await race(children, togetherMs, failures));
      }
      const walMiB = statSync(`${file}-wal`).size / 2 ** 20;
      const answered: Record<string, number> = {};
      for (const child of children) {
        const { streams } = await tell<Extract<Report, { streams: object }>>(child, 'stop');
        Object.assign(answered, streams);
      }
      const found: Record<string, number> = {};
      let [events, gaps] = [0, 0];
      const store = await openEventStore(url);
      for await (const page of readPages(store)) {
        for (const { stream, position, revision } of page) {
          events += 1;
          if (Number(position) !== events || revision !== (found[stream] ?? 0)) gaps += 1;
          found[stream] = revision + 1;
        }
      }
      await store.close();
      const ratio = median(together) / median(alone);
      printCounts(`two processes, ${inFlight} in flight, ${(rounds * togetherMs) / 1_000} s together`, {
        events,
        failures: failures.length,
        gaps,
        'alone per s': Math.round(median(alone)),
        'together per s': Math.round(median(together)),
        ratio: ratio.toFixed(2),
        'MiB of write-ahead log': Math.round(walMiB),
      });
      expect(failures).toEqual([]);
      expect(gaps).toBe(0);
      expect(found).toEqual(answered);
      // The short form is too short for a figure; it is printed there, and asserted in full.
      if (whole) expect(ratio).toBeGreaterThanOrEqual(leastRatio);
    });
  },
);
