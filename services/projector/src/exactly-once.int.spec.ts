import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, openEventStore, type Position } from '@carat/event-store';
import { gatheringOf, projectionOf } from '@carat/projections';
import { creatorUnits, kindOf, type Unit, type UnitKind, unitOfBoard } from '@carat/protocol';
import {
  activeGeneration,
  beginCandidate,
  beginGeneration,
  checkpointKey,
  createWriter,
  dropAbandoned,
  emptyUnit,
  type Filled,
  type Generation,
  holdBoards,
  readMark,
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
const skipped: ReadonlySet<string> = new Set();
const board = {
  board: 'lions',
  by: 'viewer',
  lives: [],
  gifts: ['lion'],
  from: null,
  to: null,
  window: 'all',
} as const;
const boardUnit = unitOfBoard(board.board);

/** Of how many shards the creators are, and how small the pieces are in which a unit is filled. */
type Terms = { readonly shards: number; readonly pieceCost: number };

/** One process after the other, and several at once, work on the units of one log. */
const createStage = async (store: EventStore, { shards, pieceCost }: Terms) => {
  /** Whether the board is defined at the moment. */
  let isDefined = false;
  const filled = () => ({
    projections: 1,
    log: 'a',
    units: [...creatorUnits(shards), 'boards' as const, ...(isDefined ? [boardUnit] : [])],
  });
  const writers = new Map<string, Writer>();
  const positions: Position[] = [];
  const generation = async (): Promise<Generation> =>
    (await activeGeneration(redis)) ?? (await beginGeneration(redis, filled(), undefined));

  /** A worker keeps what it knows from run to run; one that is to die is new. */
  const writerOf = (worker: number, of: string, unit: Unit, crash?: CrashPoint): Writer => {
    if (crash !== undefined) return createWriter(dyingAt(redis, crash), of, unit, { pieceCost });
    const name = `${worker} ${of} ${unit}`;
    const writer = writers.get(name) ?? createWriter(redis, of, unit, { pieceCost });
    writers.set(name, writer);
    return writer;
  };

  /** @returns whether the unit could be gone on with */
  const run = async (
    unit: Unit,
    of: string,
    worker: number,
    { upTo, crash }: { upTo?: Position | undefined; crash?: CrashPoint | undefined } = {},
  ): Promise<boolean> => {
    const writer = writerOf(worker, of, unit, crash);
    const tail = createTail(store, { maxEvents: 100 });
    const { units } = filled();
    const terms = { shards, board };
    const project = projectionOf(unit, terms);
    try {
      const ended = await runUnit({
        unit,
        project,
        gather: () => gatheringOf(unit, terms),
        skipped,
        units: units.length,
        writer,
        store,
        tail,
        metrics,
        upTo,
      });
      if (ended.ended !== 'broken') return ended.ended === 'at_head';
      const active = await activeGeneration(redis);
      // A board that was retired meanwhile is lost to nobody.
      if (active?.generation === of && !active.units.includes(unit)) return true;
      const isBoard = kindOf(unit) === 'board';
      const isMadeAnew = ended.reason === 'half_filled' || (isBoard && /^(lost|torn)$/.test(ended.reason));
      if (!isMadeAnew) await beginGeneration(redis, filled(), active);
      else {
        // Somebody may still be at it: whoever empties the unit needs not be right about that.
        const mark = await readMark(redis, of, unit);
        const isThere = mark !== null || ended.reason === 'lost';
        if (isThere) await emptyUnit(redis, of, unit, mark, { mayBeComplete: isBoard });
      }
    } catch (error) {
      if (!(error instanceof Crashed)) throw error;
    }
    return false;
  };

  const fillCandidate = async ({ generation, units }: Filled): Promise<void> => {
    for (const unit of units) await run(unit, generation, 9);
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
      kind: UnitKind,
      { first, workers }: { readonly first: number; readonly workers: number },
      share: number,
      crash: CrashPoint | undefined,
    ): Promise<void> {
      const { generation: of, units } = await generation();
      // Of shards each is meant in turn.
      const among = units.filter((each) => kindOf(each) === kind);
      const unit = among[first % among.length];
      if (unit === undefined) return;
      // The last of them may die; the others work at the same moment, each to a place of its own.
      const each = Array.from({ length: workers }, (_, worker) => {
        const upTo = positions[Math.floor((share * positions.length * (worker + 1)) / workers)];
        return run(unit, of, first + worker, { upTo, crash: worker === workers - 1 ? crash : undefined });
      });
      await Promise.all(each);
    },
    async tear(kind: UnitKind): Promise<void> {
      const { generation: of, units } = await generation();
      const unit = units.find((each) => kindOf(each) === kind);
      if (unit) await redis.hset(checkpointKey(of, unit), 'torn', 'x');
    },
    async lose(): Promise<void> {
      await redis.flushdb();
    },
    async rebuild(): Promise<void> {
      const begun = await beginCandidate(redis, { ...filled(), approved: true }, await generation());
      if (begun?.candidate === undefined) return;
      await fillCandidate(begun.candidate);
      const now = await activeGeneration(redis);
      if (now?.candidate) await switchToCandidate(redis, now, isDefined ? [boardUnit] : []);
    },
    /** Defines the board, or retires it. */
    async define(): Promise<void> {
      const active = await generation();
      isDefined = !isDefined;
      const held = await holdBoards(redis, active, isDefined ? [boardUnit] : [], 1);
      if (held?.retired) await dropAbandoned(redis, held);
    },
    isDefined: (): boolean => isDefined,
    /** Brings all units to the head, whatever it takes, and reads what they hold. */
    async settle(): Promise<Record<string, Record<string, string>>> {
      for (let attempt = 0; attempt < 10; attempt++) {
        const active = await generation();
        let areAll = true;
        for (const unit of active.units) areAll = (await run(unit, active.generation, 0)) && areAll;
        if (areAll && (await generation()).generation === active.generation) return tablesIn(active);
      }
      throw new Error('The units never came to the head.');
    },
  };
};

/** Everything that a generation holds, but what only helps to find it. */
const tablesIn = async ({ generation, units }: Filled): Promise<Record<string, Record<string, string>>> => {
  const found: Record<string, Record<string, string>> = {};
  for (const unit of units) {
    const prefix = tableKey(generation, unit, '');
    for (const key of await redis.keys(`${prefix}*`)) {
      const table = key.slice(prefix.length);
      // Of the ledger each unit has its own.
      if (/^(checkpoint|feed-heads|ledger|ranks:.*)$/.test(table)) continue;
      if (!table.startsWith('feed:')) found[table] = { ...found[table], ...(await redis.hgetall(key)) };
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

/** What the board holds, added up by hand. */
const foldOfBoard = (gifts: readonly Gift[]): Record<string, Record<string, string>> => {
  const coins = new Map<string, number>();
  const last = new Map<string, number>();
  for (const [n, { viewer, gift, coins: more }] of gifts.entries()) {
    if (gift !== 'lion') continue;
    coins.set(viewer, (coins.get(viewer) ?? 0) + more);
    last.set(viewer, n + 1);
  }
  const rows = [...coins].map(([viewer, sum]) => [viewer, `${sum} ${last.get(viewer)}`]);
  return rows.length === 0 ? {} : { 'ranking:all:0': Object.fromEntries(rows) };
};

const aUnit = fc.constantFrom<UnitKind[]>('creators', 'boards', 'board');
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
    arbitrary: fc.record({
      befalls: fc.constantFrom('lose', 'tear', 'rebuild', 'define' as const),
      unit: aUnit,
    }),
  },
);

it(`${cases} histories: whatever happens to Redis, workers and jobs, every gift counts once`, async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(aStep, { minLength: 1, maxLength: 10 }),
      fc.record({ shards: fc.constantFrom(1, 3), pieceCost: fc.constantFrom(1, 6_000) }),
      async (steps, terms) => {
        await redis.flushdb();
        const store = await openEventStore(`sqlite:${join(dir, `${number++}.db`)}`);
        try {
          const stage = await createStage(store, terms);
          const sent: Gift[] = [];
          for (const step of steps) {
            if ('gifts' in step) {
              await stage.send(step.gifts, sent);
              sent.push(...step.gifts);
            } else if ('workers' in step) {
              await stage.work(step.unit, step, step.share, step.crash);
            } else if (step.befalls === 'tear') await stage.tear(step.unit);
            else await stage[step.befalls as 'lose' | 'rebuild' | 'define']();
          }
          expect(await stage.settle()).toEqual({
            ...foldOf(sent),
            ...(stage.isDefined() && foldOfBoard(sent)),
          });
        } finally {
          await store.close();
        }
      },
    ),
    { numRuns: cases, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true },
  );
}, 300_000);
