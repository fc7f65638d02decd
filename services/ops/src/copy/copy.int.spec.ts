import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, EventStoreError, openEventStore } from '@carat/event-store';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { type Copied, copyLog } from './copy.ts';
import { createWriter, readKept, writeSimulatedLive } from './testing/simulated-log.ts';

let dir: string;
let source: EventStore;
let truth: Awaited<ReturnType<typeof readKept>>;
const opened: EventStore[] = [];

const open = async (): Promise<EventStore> => {
  const store = await openEventStore(`sqlite:${join(dir, `${randomUUID()}.db`)}`);
  opened.push(store);
  return store;
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-copy-'));
  source = await open();
  await writeSimulatedLive(source, 7);
  truth = await readKept(source);
});
afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await rm(dir, { recursive: true, force: true });
});

const never = new AbortController().signal;
const unseen = () => ({ update: () => undefined, stop: () => undefined });
const copy = (from: EventStore, to: EventStore, signal = never): Promise<Copied> =>
  copyLog({ source: from, target: to, signal, startProgress: unseen });

/** The target with something done before or after each of its appends. */
const around = (
  target: EventStore,
  { before, after }: { before?: () => unknown; after?: () => unknown },
): EventStore => ({
  append: async (writes) => {
    await before?.();
    const result = await target.append(writes);
    await after?.();
    return result;
  },
  readStream: (stream, read) => target.readStream(stream, read),
  readAll: (read) => target.readAll(read),
  head: () => target.head(),
  eventAt: (position) => target.eventAt(position),
  onMore: (listener) => target.onMore(listener),
  close: () => target.close(),
});

describe('copying a log', () => {
  it('copies every event in order, and compares them', async () => {
    const target = await open();
    const end = (await source.head())!;
    const copied = await copy(source, target);
    const { id, stream, revision } = truth.at(-1)!;
    expect(truth.length).toBeGreaterThan(500);
    expect(copied).toEqual({
      whole: true,
      events: truth.length,
      foundThere: 0,
      copiedNow: truth.length,
      seconds: expect.any(Number),
      last: {
        id,
        stream,
        revision,
        sourcePosition: end.position,
        targetPosition: (await target.head())!.position,
      },
      sourceHasGrown: false,
      difference: null,
      damage: null,
    });
    expect(await readKept(target)).toEqual(truth);
  });

  it('copies a log without events', async () => {
    const copied = await copy(await open(), await open());
    expect(copied).toMatchObject({ whole: true, events: 0, last: null, difference: null });
  });

  it('goes on after what is there, when it is run again', async () => {
    const [from, to] = [await open(), await open()];
    const write = createWriter(from);
    await write(['a', 'Happened', { n: 1 }], ['b', 'Happened', { n: 2 }]);
    expect(await copy(from, to)).toMatchObject({ whole: true, foundThere: 0, copiedNow: 2 });
    expect(await copy(from, to)).toMatchObject({ whole: true, foundThere: 2, copiedNow: 0, events: 2 });
    await write(['b', 'Happened', { n: 3 }], ['c', 'Happened', { n: 4 }]);
    expect(await copy(from, to)).toMatchObject({ whole: true, foundThere: 2, copiedNow: 2, events: 4 });
    expect(await readKept(to)).toEqual(await readKept(from));
  });

  it('copies a log of many pages', async () => {
    const [from, to] = [await open(), await open()];
    const write = createWriter(from);
    const pages = 2.5;
    for (let written = 0; written < pages * limits.pageEvents; written += 500) {
      await write(...Array.from({ length: 500 }, (_, n) => ['many', 'Happened', { n }] as const));
    }
    expect(await copy(from, to)).toMatchObject({ whole: true, copiedNow: pages * limits.pageEvents });
    expect(await copy(from, to)).toMatchObject({ whole: true, foundThere: pages * limits.pageEvents });
  });

  it('ends whole wherever it broke off, before an append or after it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ appends: fc.nat({ max: 12 }), written: fc.boolean() }), { maxLength: 4 }),
        async (breaks) => {
          const target = await open();
          for (const { appends, written } of breaks) {
            let left = appends;
            const breakOff = (): void => {
              left -= 1;
              if (left < 0) throw new EventStoreError('unavailable', 'It broke off.');
            };
            const broken = around(target, written ? { after: breakOff } : { before: breakOff });
            const ended = await copy(source, broken).then(
              ({ whole }) => whole,
              (error: Error) => error.message,
            );
            expect(['It broke off.', true]).toContain(ended);
            const there = await readKept(target);
            expect(there).toEqual(truth.slice(0, there.length));
          }
          const { whole, foundThere, copiedNow } = await copy(source, target);
          expect({ whole, events: foundThere + copiedNow }).toEqual({ whole: true, events: truth.length });
          expect(await readKept(target)).toEqual(truth);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('stops when it is told to, between two appends', async () => {
    const target = await open();
    const stop = new AbortController();
    const stopping = around(target, { after: () => stop.abort(new Error('enough')) });
    await expect(copy(source, stopping, stop.signal)).rejects.toThrow('enough');
    const there = await readKept(target);
    expect(there.length).toBeGreaterThan(0);
    expect(there).toEqual(truth.slice(0, there.length));
    expect(there.length).toBeLessThan(truth.length);
  });

  it('sends an append again whose outcome is unknown', async () => {
    const target = await open();
    let times = 0;
    const after = (): void => {
      times += 1;
      if (times === 2) throw new EventStoreError('outcome_unknown', 'Nobody can tell.');
    };
    expect(await copy(source, around(target, { after }))).toMatchObject({ whole: true });
    expect(await readKept(target)).toEqual(truth);
  });

  it('copies up to an end, and says when the source has more by then', async () => {
    const [from, target] = [await open(), await open()];
    const write = createWriter(from);
    await write(['a', 'Happened', { n: 0 }]);
    const to = around(target, { after: () => write(['a', 'Happened', { more: true }]) });
    expect(await copy(from, to)).toMatchObject({
      whole: true,
      events: 1,
      copiedNow: 1,
      sourceHasGrown: true,
    });
    expect(await copy(from, target)).toMatchObject({ whole: true, events: 2, sourceHasGrown: false });
  });
});

describe('a target that holds something else', () => {
  const refused = async (from: EventStore, to: EventStore): Promise<string | null> => {
    const before = await readKept(to);
    const copied = await copy(from, to);
    expect(copied).toMatchObject({ whole: false, last: null, copiedNow: 0 });
    expect(await readKept(to)).toEqual(before);
    return copied.difference;
  };

  it('is refused with the first place that differs', async () => {
    const target = await open();
    await createWriter(target)(['foreign-1', 'Happened', {}]);
    expect(await refused(source, target)).toMatch(
      /^The first place that differs is event 1: it is LogCreated 0 of log, id .* in the source, Happened 0 /,
    );
  });

  /** A log of two streams, and another that is as `change` makes it. */
  const pair = async (
    change: (events: { id: string; stream: string; type: string; data: object }[]) => void,
  ): Promise<string | null> => {
    const events = ['a', 'b', 'a', 'c'].map((stream, n) => ({
      id: randomUUID(),
      stream,
      type: 'Happened',
      data: { n },
    }));
    const [from, to] = [await open(), await open()];
    const fill = async (store: EventStore): Promise<void> => {
      const revisions = new Map<string, number>();
      for (const { stream, ...event } of events) {
        const expected = revisions.get(stream) ?? 'no_stream';
        const result = await store.append([{ stream, expected, events: [event as never] }]);
        if (result.appended) revisions.set(stream, result.revisions[0]!);
      }
    };
    await fill(from);
    change(events);
    await fill(to);
    return refused(from, to);
  };

  it('is refused whatever it is that differs', async () => {
    expect(await pair((events) => (events[2]!.id = randomUUID()))).toMatch(
      /event 3: it is Happened 1 of a, id/,
    );
    expect(await pair((events) => (events[1]!.type = 'Other'))).toMatch(/event 2: it is .*Other 0 of b/);
    expect(await pair((events) => (events[1]!.data = { n: 7 }))).toMatch(
      /event 2: the data of Happened 0 of b/,
    );
    expect(await pair((events) => (events[3]!.stream = 'd'))).toMatch(/event 4: it is .*Happened 0 of d/);
    expect(await pair((events) => void events.splice(1, 1))).toMatch(
      /event 2: .*in the source, Happened 1 of a/,
    );
    expect(await pair((events) => events.push(events.shift()!))).toMatch(/event 1: it is Happened 0 of a/);
    expect(
      await pair((events) => events.push({ id: randomUUID(), stream: 'e', type: 'Happened', data: {} })),
    ).toMatch(/^The target goes on where the source ends, after 4 events, with Happened 0 of e, id /);
  });

  it('is not taken at its word about what it has written', async () => {
    const target = await open();
    let taken = 0;
    const forgetful: EventStore = {
      ...around(target, {}),
      append: async (writes) => {
        taken += 1;
        const revisions = writes.map(() => 0);
        if (taken > 3) return { appended: true, position: (await target.head())!.position, revisions };
        return target.append(writes);
      },
    };
    const copied = await copy(source, forgetful);
    const there = (await readKept(target)).length;
    expect(copied).toMatchObject({ whole: false, events: there, copiedNow: there });
    expect(copied.difference).toBe(
      `The target ends after ${there} events, although ${truth.length} were written to it.`,
    );
  });

  it('does not mind in which order data has its fields', async () => {
    const [from, to] = [await open(), await open()];
    const id = randomUUID();
    const write = { stream: 'a', expected: 'no_stream' as const };
    await from.append([{ ...write, events: [{ id, type: 'Happened', data: { a: 1, b: 2 } }] }]);
    await to.append([{ ...write, events: [{ id, type: 'Happened', data: { b: 2, a: 1 } }] }]);
    expect(await copy(from, to)).toMatchObject({ whole: true, foundThere: 1 });
  });

  it('is noticed when somebody else writes to it meanwhile, to another stream or to the same', async () => {
    const [one, two] = [await open(), await open()];
    let done = false;
    const meddle = (store: EventStore, stream: string) => async (): Promise<void> => {
      if (done) return;
      done = true;
      await createWriter(store)([stream, 'Happened', {}]);
    };
    const strange = await copy(source, around(one, { after: meddle(one, 'foreign-2') }));
    expect(strange).toMatchObject({ whole: false, last: null });
    expect(strange.difference).toContain('in the source, Happened 0 of foreign-2, id');
    done = false;
    const clash = await copy(source, around(two, { before: meddle(two, 'foreign-stream') }));
    expect(clash).toMatchObject({ whole: false, copiedNow: 0 });
    expect(clash.difference).toMatch(
      /^The stream foreign-stream is at event 0 in the target, where the copy needs it not there: somebody /,
    );
  });
});
