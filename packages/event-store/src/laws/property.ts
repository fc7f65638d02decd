import fc from 'fast-check';
import { expect } from 'vitest';
import { type AppendResult, comparePositions, type EventStore, type StreamWrite } from '../port.ts';
import { type Capabilities, type FreshLog, newEvents, readWholeLog, write } from './fixtures.ts';
import { createModel, type Model } from './model.ts';

const streamNames = ['a-1', 'a-2', 'b-1', 'B-1'] as const;

/** Where a write expects its stream: where it is, or so far off. */
type Aim = { readonly stream: number; readonly off: number; readonly events: number };

type Step =
  | { readonly kind: 'append'; readonly writer: number; readonly aims: readonly Aim[] }
  | { readonly kind: 'again'; readonly writer: number; readonly which: number; readonly cut: number }
  | {
      readonly kind: 'stream';
      readonly writer: number;
      readonly stream: number;
      readonly from: number;
      readonly limit: number;
      readonly backwards: boolean;
    }
  | {
      readonly kind: 'log';
      readonly writer: number;
      readonly limit: number;
      readonly prefix: string | undefined;
    }
  | { readonly kind: 'reopen'; readonly writer: number };

const writer = fc.nat(2);
const aim = fc.record({
  stream: fc.nat(streamNames.length - 1),
  off: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -4, max: 2 })),
  events: fc.integer({ min: 1, max: 12 }),
});
const aims = fc.uniqueArray(aim, { minLength: 1, maxLength: 3, selector: ({ stream }) => stream });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), writer, aims }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('again' as const), writer, which: fc.nat(), cut: fc.nat(3) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stream' as const),
      writer,
      stream: fc.nat(streamNames.length - 1),
      from: fc.nat(80),
      limit: fc.integer({ min: 1, max: 80 }),
      backwards: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('log' as const),
      writer,
      limit: fc.integer({ min: 1, max: 30 }),
      prefix: fc.constantFrom(undefined, 'a-', 'a-1', 'b', 'B-', 'c'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), writer }) },
);

const toWrites = (model: Model, wanted: readonly Aim[]): StreamWrite[] =>
  wanted.map(({ stream, off, events }) => {
    const name = streamNames[stream] ?? 'a-1';
    const expected = model.stream(name).length - 1 + off;
    return write(name, expected < 0 ? 'no_stream' : expected, newEvents(events));
  });

/** An append sent before, as it was, or with less or other events than it had. */
const toRepetition = (sent: readonly StreamWrite[][], which: number, cut: number): StreamWrite[] =>
  (sent[which % sent.length] ?? []).map(({ stream, expected, events }) => {
    if (cut === 0) return { stream, expected, events };
    if (cut === 1) return { stream, expected, events: events.slice(0, Math.ceil(events.length / 2)) };
    return { stream, expected, events: [...events.slice(0, cut - 2), ...newEvents(1)] };
  });

const withoutPosition = (result: AppendResult): unknown => {
  if (!result.appended) return result;
  const { position: _, ...answer } = result;
  return answer;
};

const plain = (events: readonly object[]): unknown[] =>
  events.map((event) => {
    const { position: _, created: __, ...rest } = event as { position?: unknown; created?: unknown };
    return rest;
  });

/**
 * Runs steps one after the other against the store, by several connections where it can, and against the
 * model.
 */
const runSteps = async (log: FreshLog, steps: readonly Step[], capabilities: Capabilities): Promise<void> => {
  const stores: EventStore[] = [];
  for (let count = capabilities.processes ? 3 : 1; count > 0; count -= 1) stores.push(await log.open());
  const model = createModel();
  const sent: StreamWrite[][] = [];

  const send = async (store: EventStore, writes: StreamWrite[]): Promise<void> => {
    const result = await store.append(writes);
    expect(withoutPosition(result)).toEqual(model.append(writes));
    const head = await store.head();
    if (!result.appended) return;
    expect(comparePositions(result.position, head?.position ?? result.position)).toBeLessThanOrEqual(0);
    sent.push(writes);
  };

  const run = async (each: Step): Promise<void> => {
    const place = each.writer % stores.length;
    const store = stores[place] as EventStore;
    if (each.kind === 'append') return send(store, toWrites(model, each.aims));
    if (each.kind === 'again')
      return sent.length > 0 ? send(store, toRepetition(sent, each.which, each.cut)) : undefined;
    if (each.kind === 'log') {
      const { prefix, limit } = each;
      const events = await readWholeLog(store, limit, prefix === undefined ? undefined : [prefix]);
      expect(plain(events)).toEqual(model.log.filter(({ stream }) => stream.startsWith(prefix ?? '')));
    } else if (each.kind === 'stream') {
      const name = streamNames[each.stream] ?? 'a-1';
      const all = model.stream(name);
      const { from, limit, backwards } = each;
      const page = await store.readStream(name, {
        from,
        limit,
        direction: backwards ? 'backwards' : 'forwards',
      });
      const events = backwards ? all.slice(0, from + 1).reverse() : all.slice(from);
      expect(page.exists && { last: page.last, events: plain(page.events) }).toEqual(
        all.length > 0 && { last: all.length - 1, events: events.slice(0, limit) },
      );
    } else if (capabilities.reopen) {
      await store.close();
      stores[place] = await log.open();
    }
  };

  try {
    for (const each of steps) await run(each);
    for (const store of stores) expect(plain(await readWholeLog(store))).toEqual(model.log);
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
};

/** Whatever is appended, sent again and read, by whomever: the store answers as the model does. */
export const proveAgainstModel = (
  factory: () => Promise<FreshLog>,
  capabilities: Capabilities,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
      await runSteps(await factory(), steps, capabilities);
    }),
    { numRuns: 40, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: false },
  );

/**
 * Appends sent all at once, by several connections: their outcomes are those of some order, which is the
 * log's. Each that went through stands in it whole, and each conflict names a place where its stream was, and
 * wasn't expected.
 */
export const proveAtOnce = (factory: () => Promise<FreshLog>, capabilities: Capabilities): Promise<void> =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(writer, aims), { minLength: 2, maxLength: 40, size: 'max' }),
      async (wanted) => {
        const log = await factory();
        const stores: EventStore[] = [];
        for (let count = capabilities.processes ? 3 : 1; count > 0; count -= 1) stores.push(await log.open());
        try {
          await appendAtOnce(stores, wanted);
        } finally {
          await Promise.all(stores.map((store) => store.close()));
        }
      },
    ),
    { numRuns: 25, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: false },
  );

const appendAtOnce = async (
  stores: readonly EventStore[],
  wanted: readonly (readonly [number, readonly Aim[]])[],
): Promise<void> => {
  const empty = createModel();
  // Aimed at 0 to 4 events: so they meet, build on each other, or miss.
  const sent = wanted.map(([by, own]) => ({
    store: stores[by % stores.length] as EventStore,
    writes: toWrites(
      empty,
      own.map((each) => ({ ...each, off: Math.abs(each.off), events: 1 + (each.events % 2) })),
    ),
  }));
  const results = await Promise.all(sent.map(({ store, writes }) => store.append(writes)));
  const log = await readWholeLog(stores[0] as EventStore);
  const model = createModel();
  const placeOf = new Map(log.map(({ id }, place) => [id, place]));
  const through = sent
    .map(({ writes }, place) => ({ writes, result: results[place] as AppendResult }))
    .filter(({ result }) => result.appended)
    .sort(
      (a, b) =>
        (placeOf.get(a.writes[0]?.events[0]?.id ?? '') ?? 0) -
        (placeOf.get(b.writes[0]?.events[0]?.id ?? '') ?? 0),
    );
  for (const { writes, result } of through) expect(withoutPosition(result)).toEqual(model.append(writes));
  expect(plain(log)).toEqual(model.log);
  for (const result of results) {
    if (result.appended) continue;
    expect(result.conflicts.length).toBeGreaterThan(0);
    for (const { stream, expected, actual } of result.conflicts) {
      expect(actual).not.toBe(expected);
      const ends = ['no_stream', ...model.stream(stream).map(({ revision }) => revision)];
      expect(ends).toContain(actual);
    }
  }
};
