import { randomUUID } from 'node:crypto';
import type { AppendResult, EventStore, Expected, StreamWrite } from '../port.ts';
import { openSqliteStore } from './store.ts';

/**
 * A process that works on a log for the specs: `appender.fixture.ts <path> <task> <name>`. It says `ready`
 * once the log is open, does its task, and ends by itself when the task is done and it was told `stop`.
 */
export type Said =
  | { readonly ready: true }
  /** An append was answered: one event more in each of two streams, or a conflict. */
  | { readonly ids: readonly string[]; readonly streams: readonly string[]; readonly result: AppendResult }
  | { readonly failed: string }
  | { readonly woken: string | undefined }
  /** How often the process went to sleep, and its listener was called. */
  | { readonly rested: number; readonly calls: number }
  | { readonly looked: true }
  | { readonly done: true };

const pollMs = 10;
const manyLooks = 150;

const say = (message: Said): void => {
  process.send?.(message);
};

const [path = '', task = '', name = ''] = process.argv.slice(2);
const store = await openSqliteStore(path);
let told = false;
const stopped = new Promise<void>((resolve) => {
  process.on('message', () => {
    told = true;
    resolve();
  });
});

const write = (stream: string, last: number): StreamWrite => ({
  stream,
  expected: last < 0 ? 'no_stream' : last,
  events: [{ id: randomUUID(), type: 'Happened', data: { by: name, filler: 'x'.repeat(200) } }],
});

const tell = (writes: readonly StreamWrite[], result: AppendResult): void =>
  say({
    ids: writes.flatMap(({ events }) => events.map(({ id }) => id)),
    streams: writes.map(({ stream }) => stream),
    result,
  });

/** Appends again and again to a stream of its own and to one that all share, until it is told to stop. */
const appendOn = async (own: string, shared: string): Promise<void> => {
  let [lastOwn, lastShared] = [-1, -1];
  while (!told) {
    const writes = [write(own, lastOwn), write(shared, lastShared)];
    const result = await store.append(writes);
    tell(writes, result);
    if (result.appended) [lastOwn = -1, lastShared = -1] = result.revisions;
    else lastShared = lastOf(result.conflicts.find(({ stream }) => stream === shared)?.actual);
  }
};

const lastOf = (actual: Expected | undefined): number => (typeof actual === 'number' ? actual : -1);

/** Appends to a stream of its own, also while that fails, until it is told to stop. */
const appendThroughFaults = async (own: string): Promise<void> => {
  let last = -1;
  while (!told) {
    const writes = [write(own, last)];
    try {
      const result = await store.append(writes);
      tell(writes, result);
      if (result.appended) last = result.revisions[0] ?? -1;
    } catch (error) {
      say({ failed: (error as { code: string }).code });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
};

/** Listens, does nothing, and says how often it was woken by its system meanwhile. */
const rest = async (log: EventStore): Promise<void> => {
  let calls = 0;
  log.onMore(() => {
    calls += 1;
  });
  const before = process.resourceUsage();
  await stopped;
  const after = process.resourceUsage();
  say({ rested: after.voluntaryContextSwitches - before.voluntaryContextSwitches, calls });
};

/** The same beside a timer that looks for itself every few ms, as one that polls would. Says when it has. */
const poll = async (log: EventStore): Promise<void> => {
  let looks = 0;
  const timer = setInterval(async () => {
    await log.head();
    looks += 1;
    if (looks === manyLooks) say({ looked: true });
  }, pollMs);
  await rest(log);
  clearInterval(timer);
};

/** Says what the log's end is whenever it is told that there is more. */
const listen = async (log: EventStore): Promise<void> => {
  log.onMore(async () => say({ woken: (await log.head())?.id }));
  await stopped;
};

const tasks: Record<string, () => Promise<unknown>> = {
  append: () =>
    Promise.all(Array.from({ length: 8 }, (_, place) => appendOn(`${name}-${place}`, 'shared-1'))),
  fast: () =>
    Promise.all(Array.from({ length: 64 }, (_, place) => appendOn(`${name}-${place}`, `${name}-b-${place}`))),
  faults: () => appendThroughFaults(`${name}-1`),
  listen: () => listen(store),
  rest: () => rest(store),
  poll: () => poll(store),
};

const work = tasks[task]?.();
say({ ready: true });
await work;
await stopped;
await store.close();
// Disconnecting drops what is still on its way.
await new Promise((resolve) => process.send?.({ done: true } satisfies Said, resolve));
process.disconnect?.();
