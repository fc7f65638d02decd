import { randomUUID } from 'node:crypto';
import { type Expected, openEventStore } from '@carat/event-store';

/**
 * A process that appends at full speed when it is told to, and says how much:
 * `event-store-runner.fixture.ts <address> <name> <appends in flight>`.
 */
export type Order = { readonly runMs: number } | 'stop';
export type Report =
  | { readonly ready: true }
  | { readonly appended: number; readonly ms: number; readonly failures: readonly string[] }
  /** How many events each of its streams has by what was answered. */
  | { readonly streams: Readonly<Record<string, number>> };

const filler = 'x'.repeat(200);

const [url = '', name = '', inFlight = ''] = process.argv.slice(2);
const store = await openEventStore(url);
const lengths = new Array<number>(Number(inFlight)).fill(0);
const say = (report: Report): void => {
  process.send?.(report);
};

const run = async (runMs: number): Promise<Report> => {
  const failures: string[] = [];
  const from = performance.now();
  let appended = 0;
  const runLane = async (_: unknown, lane: number): Promise<void> => {
    while (performance.now() - from < runMs) {
      const length = lengths[lane]!;
      const expected: Expected = length === 0 ? 'no_stream' : length - 1;
      const events = [{ id: randomUUID(), type: 'Happened', data: { filler } }];
      const result = await store.append([{ stream: `${name}-${lane}`, expected, events }]);
      if (!result.appended) throw new Error(`a conflict on ${name}-${lane}`);
      lengths[lane] = length + 1;
      appended += 1;
    }
  };
  const lanes = lengths.map(runLane);
  for (const lane of await Promise.allSettled(lanes)) {
    if (lane.status === 'rejected') failures.push(String(lane.reason));
  }
  return { appended, ms: performance.now() - from, failures };
};

process.on('message', async (order: Order) => {
  if (order !== 'stop') return say(await run(order.runMs));
  await store.close();
  say({ streams: Object.fromEntries(lengths.map((length, lane) => [`${name}-${lane}`, length])) });
  process.disconnect();
});
say({ ready: true });
