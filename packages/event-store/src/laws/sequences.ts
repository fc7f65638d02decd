import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { comparePositions, type EventStore, type Position, type StreamWrite } from '../port.ts';
import {
  type Aim,
  aimsAt,
  matching,
  plain,
  streamNames,
  toRepetition,
  toWrites,
  withoutPosition,
} from './aims.ts';
import { anyPosition, type Capabilities, type Effort, type FreshLog, readWholeLog } from './fixtures.ts';
import { type Collected, collect } from './following.ts';
import { createModel, type Model } from './model.ts';
import { proveOfMany } from './properties.ts';

const prefixes = fc.constantFrom(undefined, 'a-', 'a-1', 'b', 'B-', 'c');
const connection = fc.nat(2);

const stepsOf = (capabilities: Capabilities) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        connection,
        aims: aimsAt(streamNames, capabilities),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('again' as const),
        connection,
        which: fc.nat(),
        cut: fc.nat(3),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('stream' as const),
        connection,
        stream: fc.constantFrom(...streamNames),
        from: fc.option(fc.nat(80), { nil: undefined }),
        limit: fc.integer({ min: 1, max: 80 }),
        direction: fc.constantFrom('forwards' as const, 'backwards' as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('log' as const),
        connection,
        limit: fc.integer({ min: 1, max: 30 }),
        prefix: prefixes,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('follow' as const),
        connection,
        pageEvents: fc.integer({ min: 1, max: 30 }),
        prefix: prefixes,
        fromStart: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), connection }) },
  );

type Step = ReturnType<typeof stepsOf> extends fc.Arbitrary<infer Each> ? Each : never;
type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

const maxFollowers = 4;
const bounded = { timeout: 20_000, interval: 1 };

/** A follower, on whatever connection it is now, and what it must have been handed in the end. */
type Watch = {
  connection: number;
  collected: Collected;
  readonly earlier: unknown[];
  readonly options: { readonly pageEvents: number; readonly prefixes?: readonly string[] };
  readonly expected: () => unknown[];
};

/** A store and its model, and what is going on with both. */
class Sequence {
  readonly #log: FreshLog;
  readonly #reopens: boolean;
  readonly #model: Model = createModel();
  readonly #sent: StreamWrite[][] = [];
  readonly #watches: Watch[] = [];
  readonly #stores: EventStore[];

  constructor(log: FreshLog, stores: EventStore[], { reopen }: Capabilities) {
    this.#log = log;
    this.#stores = stores;
    this.#reopens = reopen;
  }

  run(step: Step): Promise<void> {
    const place = step.connection % this.#stores.length;
    const store = this.#stores[place] as EventStore;
    switch (step.kind) {
      case 'append':
        return this.#append(store, step.aims);
      case 'again':
        return this.#appendAgain(store, step);
      case 'stream':
        return this.#readStream(store, step);
      case 'log':
        return this.#readLog(store, step);
      case 'follow':
        return this.#follow(place, step);
      case 'reopen':
        return this.#reopen(place);
    }
  }

  /** At the end every connection shows the whole log, and every follower has got what it had to. */
  async prove(): Promise<void> {
    for (const store of this.#stores) expect(plain(await readWholeLog(store))).toEqual(this.#model.log);
    for (const { collected, earlier, expected } of this.#watches) {
      const seen = () => [...earlier, ...plain(collected.events)];
      await vi.waitFor(() => expect(seen().length).toBeGreaterThanOrEqual(expected().length), bounded);
      await collected.follower.stop();
      expect(seen()).toEqual(expected());
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
    await Promise.all(this.#watches.map(({ collected }) => collected.follower.stop()));
  }

  #append(store: EventStore, aims: readonly Aim[]): Promise<void> {
    return this.#send(
      store,
      toWrites((stream) => this.#model.stream(stream).length, aims),
    );
  }

  async #appendAgain(store: EventStore, { which, cut }: StepOf<'again'>): Promise<void> {
    const writes = this.#sent[which % this.#sent.length];
    if (writes !== undefined) await this.#send(store, toRepetition(writes, cut));
  }

  async #send(store: EventStore, writes: StreamWrite[]): Promise<void> {
    const result = await store.append(writes);
    expect(withoutPosition(result)).toEqual(this.#model.append(writes));
    this.#sent.push(writes);
    if (!result.appended) return;
    expect(result.position).toEqual(anyPosition);
    const head = (await store.head())?.position as Position;
    expect(comparePositions(result.position, head)).toBeLessThanOrEqual(0);
  }

  async #readStream(store: EventStore, { stream, from, limit, direction }: StepOf<'stream'>): Promise<void> {
    const all = this.#model.stream(stream);
    const page = await store.readStream(stream, { limit, direction, ...(from !== undefined && { from }) });
    const events =
      direction === 'backwards' ? all.slice(0, (from ?? all.length) + 1).reverse() : all.slice(from ?? 0);
    expect(page.exists ? { ...page, events: plain(page.events) } : page).toEqual(
      all.length === 0
        ? { exists: false }
        : { exists: true, last: all.length - 1, events: events.slice(0, limit) },
    );
  }

  async #readLog(store: EventStore, { prefix, limit }: StepOf<'log'>): Promise<void> {
    const events = await readWholeLog(store, limit, prefix === undefined ? undefined : [prefix]);
    expect(plain(events)).toEqual(matching(this.#model, prefix));
  }

  async #follow(place: number, { prefix, fromStart, pageEvents }: StepOf<'follow'>): Promise<void> {
    if (this.#watches.length === maxFollowers) return;
    const store = this.#stores[place] as EventStore;
    const options = { pageEvents, ...(prefix !== undefined && { prefixes: [prefix] }) };
    const from = fromStart ? 0 : this.#model.log.length;
    const after = fromStart ? undefined : (await store.head())?.position;
    this.#watches.push({
      connection: place,
      collected: collect(store, { ...options, after }),
      earlier: [],
      options,
      expected: () => matching(this.#model, prefix, from),
    });
  }

  /** Who followed on the connection goes on from its checkpoint on the new one. */
  async #reopen(place: number): Promise<void> {
    if (!this.#reopens) return;
    await this.#stores[place]?.close();
    const store = await this.#log.open();
    this.#stores[place] = store;
    for (const watch of this.#watches.filter((each) => each.connection === place)) {
      const { follower, events } = watch.collected;
      await follower.stop();
      watch.earlier.push(...plain(events));
      watch.collected = collect(store, { ...watch.options, after: follower.position });
    }
  }
}

/**
 * Whatever is appended, sent again, read and followed, by whomever: the store answers as the model does.
 */
export const proveSequences = (
  factory: () => Promise<FreshLog>,
  capabilities: Capabilities,
  { runs }: Effort,
): Promise<void> =>
  proveOfMany(
    fc.array(stepsOf(capabilities), { minLength: 5, maxLength: 60, size: 'max' }),
    runs,
    async (steps) => {
      const log = await factory();
      const stores: EventStore[] = [];
      for (let count = capabilities.processes ? 3 : 1; count > 0; count -= 1) stores.push(await log.open());
      const sequence = new Sequence(log, stores, capabilities);
      try {
        for (const step of steps) await sequence.run(step);
        await sequence.prove();
      } finally {
        await sequence.close();
      }
    },
  );
