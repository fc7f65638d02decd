import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, openEventStore, type Position } from '@carat/event-store';
import { type UnitName, unitNames } from '@carat/projections';
import {
  activeGeneration,
  beginCandidate,
  beginGeneration,
  checkpointKey,
  createWriter,
  type Generation,
  switchToCandidate,
  tableKey,
  type Writer,
} from '@carat/read-models';
import { createMetrics } from '@carat/service-kit';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalRedis, startRedis } from '../../../infra/local/redis.ts';
import { createProjectorMetrics } from './metrics.ts';
import { createTail } from './tail.ts';
import { Crashed, type CrashPoint, dyingAt } from './testing/faulty-redis.ts';
import { foldOf, type Gift } from './testing/fold.ts';
import { runUnit } from './unit-run.ts';

/** Each a log of its own, a Redis that is emptied, and whatever befalls them. */
const cases = 2_000;
const memory = '/dev/shm';

let server: LocalRedis;
let redis: Redis;
let dir: string;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  dir = await mkdtemp(join(existsSync(memory) ? memory : tmpdir(), 'carat-once-'));
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

const metrics = createProjectorMetrics(createMetrics('projector'));
const skips = { creators: new Set<string>(), boards: new Set<string>() };
const filled = { projections: 1, log: 'a' };

/** One process after the other, and several at once, work on the units of one log. */
const createStage = async (store: EventStore) => {
  const writers = new Map<string, Writer>();
  const positions: Position[] = [];
  const generation = async (): Promise<Generation> =>
    (await activeGeneration(redis)) ?? (await beginGeneration(redis, filled, undefined));

  /** A worker keeps what it knows from run to run; one that is to die is new. */
  const writerOf = (worker: number, of: string, unit: UnitName, crash?: CrashPoint): Writer => {
    if (crash !== undefined) return createWriter(dyingAt(redis, crash), of, unit);
    const name = `${worker} ${of} ${unit}`;
    const writer = writers.get(name) ?? createWriter(redis, of, unit);
    writers.set(name, writer);
    return writer;
  };

  const run = async (
    unit: UnitName,
    of: string,
    worker: number,
    { upTo, crash }: { upTo?: Position | undefined; crash?: CrashPoint | undefined } = {},
  ): Promise<void> => {
    const writer = writerOf(worker, of, unit, crash);
    const tail = createTail(store, { maxEvents: 100 });
    try {
      const ended = await runUnit({ unit, writer, store, tail, skips, metrics, upTo });
      if (ended.ended === 'broken') await beginGeneration(redis, filled, await activeGeneration(redis));
    } catch (error) {
      if (!(error instanceof Crashed)) throw error;
    }
  };

  const fillCandidate = async (of: string): Promise<void> => {
    for (const unit of unitNames) await run(unit, of, 9);
  };

  return {
    async send(gifts: readonly Gift[], before: readonly Gift[]): Promise<void> {
      for (const [place, gift] of gifts.entries()) {
        const n = before.length + place;
        const id = `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
        const last = [...before, ...gifts.slice(0, place)].filter(
          ({ viewer }) => viewer === gift.viewer,
        ).length;
        const stream = `wallet-${gift.viewer}`;
        const expected = last === 0 ? ('no_stream' as const) : last - 1;
        const data = {
          ...gift,
          combo: id,
          count: gift.booked,
          unitCoins: 1,
          rate: 1_000,
          after: { balance: 0 },
        };
        const answer = await store.append([{ stream, expected, events: [{ id, type: 'GiftSent', data }] }]);
        if (!answer.appended) throw new Error(`${stream} is not at ${expected}`);
        positions.push(answer.position);
      }
    },
    async work(
      unit: UnitName,
      { first, workers }: { readonly first: number; readonly workers: number },
      share: number,
      crash: CrashPoint | undefined,
    ): Promise<void> {
      const { generation: of } = await generation();
      const upTo = positions[Math.floor(share * positions.length)];
      // The last of them may die; the others do the same work at the same moment.
      const each = Array.from({ length: workers }, (_, worker) =>
        run(unit, of, first + worker, { upTo, crash: worker === workers - 1 ? crash : undefined }),
      );
      await Promise.all(each);
    },
    async tear(unit: UnitName): Promise<void> {
      await redis.hset(checkpointKey((await generation()).generation, unit), 'torn', 'x');
    },
    async lose(): Promise<void> {
      await redis.flushdb();
    },
    async rebuild(): Promise<void> {
      const begun = await beginCandidate(redis, { ...filled, approved: true }, await generation());
      if (begun?.candidate === undefined) return;
      await fillCandidate(begun.candidate.generation);
      const now = await activeGeneration(redis);
      if (now?.candidate) await switchToCandidate(redis, now);
    },
    /** Brings all units to the head, whatever it takes, and reads what they hold. */
    async settle(): Promise<Record<string, Record<string, string>>> {
      for (let attempt = 0; attempt < 10; attempt++) {
        const { generation: of } = await generation();
        for (const unit of unitNames) await run(unit, of, 0);
        if ((await generation()).generation === of) return tablesIn(of);
      }
      throw new Error('The units never came to the head.');
    },
  };
};

/** Everything that a generation holds, but what only helps to find it. */
const tablesIn = async (generation: string): Promise<Record<string, Record<string, string>>> => {
  const found: Record<string, Record<string, string>> = {};
  for (const unit of unitNames) {
    const prefix = tableKey(generation, unit, '');
    for (const key of await redis.keys(`${prefix}*`)) {
      const table = key.slice(prefix.length);
      if (/^(checkpoint|feed-heads|ranks:.*)$/.test(table)) continue;
      if (!table.startsWith('feed:')) found[table] = await redis.hgetall(key);
      else {
        const entries = await redis.xrange(key, '-', '+');
        const bookings = entries.flatMap(([, fields]) => JSON.parse(fields[7]!) as { position: string }[]);
        found[table] = { bookings: bookings.map(({ position }) => position).join(',') };
      }
    }
  }
  return found;
};

const aGift: fc.Arbitrary<Gift> = fc
  .record({
    viewer: fc.constantFrom('ann', 'ben', 'cyd', 'dee'),
    live: fc.constantFrom('one', 'two'),
    gift: fc.constantFrom('rose', 'lion'),
    booked: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ booked, live, ...rest }) => ({
    ...rest,
    live,
    creator: `creator-of-${live}`,
    booked,
    coins: booked,
    millidiamonds: booked * 1_000,
    at: 1_795_424_788_686,
  }));

const aUnit = fc.constantFrom(...unitNames);
const aCrash = fc.option(
  fc.record({ command: fc.nat(5), when: fc.constantFrom('before' as const, 'after' as const) }),
  { nil: undefined },
);

const aStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ gifts: fc.array(aGift, { minLength: 1, maxLength: 4 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      unit: aUnit,
      first: fc.nat(2),
      workers: fc.integer({ min: 1, max: 3 }),
      share: fc.double({ min: 0, max: 1.2, noNaN: true }),
      crash: aCrash,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ befalls: fc.constantFrom('lose', 'tear', 'rebuild' as const), unit: aUnit }),
  },
);

it(`${cases} histories: whatever happens to Redis, workers and jobs, every gift counts once`, async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 1, maxLength: 10 }), async (steps) => {
      await redis.flushdb();
      const store = await openEventStore(`sqlite:${join(dir, `${number++}.db`)}`);
      try {
        const stage = await createStage(store);
        const sent: Gift[] = [];
        for (const step of steps) {
          if ('gifts' in step) {
            await stage.send(step.gifts, sent);
            sent.push(...step.gifts);
          } else if ('workers' in step) {
            await stage.work(step.unit, step, step.share, step.crash);
          } else if (step.befalls === 'tear') await stage.tear(step.unit);
          else await stage[step.befalls as 'lose' | 'rebuild']();
        }
        expect(await stage.settle()).toEqual(foldOf(sent));
      } finally {
        await store.close();
      }
    }),
    { numRuns: cases, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true },
  );
}, 300_000);
