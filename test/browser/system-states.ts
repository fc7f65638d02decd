import { findFaults } from '@carat/history';
import type { http } from '@carat/protocol';
import type { Told } from './stand-in-api.ts';

const at = Date.UTC(2026, 10, 3, 18, 5, 9);
const head = 12_480;
const booked = { coins: 81_240, gifts: 9_310, millidiamonds: 81_240_000 };
const application = 'b6f1c9f2-5e9d-4c58-9a53-0d8d6c0f4a11';
const logId = '5f0d2a77-6a1b-4c0e-9d3a-1f2e3d4c5b6a';
const event = '0192f3a0-7c1d-7a3e-8f52-3d1b7a9c4e60';

const unit = (name: string, position = head, changes: object = {}): http.UnitStands => ({
  unit: name,
  checkpoint: {
    position: String(position),
    event,
    application,
    torn: false,
    complete: true,
    ...changes,
  },
  stoppedAt: null,
});
const generation = (id: string, units: http.UnitStands[]): http.GenerationStands => ({
  generation: id,
  projections: 3,
  log: logId,
  units,
});
const progressOf = ({ units }: http.GenerationStands): Record<string, http.UnitProgress> =>
  Object.fromEntries(
    units.map(({ unit: name, checkpoint }) => {
      const position = Number(checkpoint?.position ?? 0);
      const behind = head - position;
      return [name, { behind, atLeast: false, share: position / head, inLog: true }];
    }),
  );

const level = generation('g1', [unit('creators'), unit('boards'), unit('board:top-of-the-week')]);
const log: http.LogStands = {
  id: logId,
  head: { position: String(head), id: event, created: at - 700 },
  lastSeal: { number: 412, at: at - 3_000, events: 12_440 },
  unsealedSince: at - 2_000,
};
const queue: http.QueueStands = { waiting: 1, active: 2, delayed: 0, failed: 0, paused: false };

type Changes = Partial<http.SystemStatus> & { readonly proof?: Partial<http.Conservation> };

/** What is told of a system, healthy but for what is changed; its faults are what the api would find. */
const told = ({ proof, ...changes }: Changes): NonNullable<Told> => {
  const redis: http.RedisStands | null = changes.redis === undefined ? inRedis({}) : changes.redis;
  const generations = [redis?.active, redis?.candidate].filter((each) => each !== null && each !== undefined);
  const progress = Object.fromEntries(generations.map((each) => [each.generation, progressOf(each)]));
  const seen = { log, progress, still: [], rebuild: null, unseen: [], ...changes, redis };
  const faults = findFaults(seen, at, seen.rebuild);
  return { status: { ...seen, at, faults }, proof: { ...proven, ...proof } };
};
const inRedis = (changes: Partial<http.RedisStands>): http.RedisStands => ({
  active: level,
  candidate: null,
  previous: null,
  abandoned: [],
  retired: [],
  queue,
  ...changes,
});

const proven: http.Conservation = {
  at,
  holds: true,
  why: [],
  log: {
    position: String(head),
    head: String(head),
    share: 1,
    events: head,
    wallets: 412,
    granted: 400_000,
    held: 318_760,
    spent: 81_240,
    booked,
    holds: true,
  },
  units: ['creators', 'boards'].map((name) => ({
    unit: name,
    position: String(head),
    ledger: booked,
    booked,
    holds: true,
  })),
};

const candidate = generation('g2', [
  unit('creators', 7_100, { complete: false }),
  unit('boards', 6_820, { complete: false }),
]);
const rebuilding = told({
  redis: inRedis({
    candidate: { ...candidate, approved: false },
    previous: { generation: 'g0', projections: 2, log: logId, units: ['creators', 'boards'] },
  }),
  rebuild: {
    generation: 'g2',
    replaces: 'g1',
    phase: 'filling',
    events: 7_100,
    perSecond: 61_000,
    remaining: 5_380,
    position: '7100',
    head: String(head),
    differences: null,
    fault: null,
    since: at - 4_000,
    at,
  },
});

const stopped = {
  event,
  position: '9001',
  fault: 'GiftSent cannot be read: coins: expected a whole number',
  since: at - 600_000,
};
const parked = told({
  redis: inRedis({
    active: generation('g1', [{ ...unit('creators', 9_000), stoppedAt: stopped }, unit('boards')]),
  }),
});

const behind = told({
  redis: inRedis({
    active: generation('g1', [unit('creators', 3_120), unit('boards', 11_900)]),
    queue: { waiting: 2, active: 0, delayed: 1, failed: 3, paused: true },
  }),
  still: ['creators', 'boards'],
});

const unfolded = 'The numbers cannot be read, or there are none yet.';
const redisAway = told({
  redis: null,
  progress: {},
  unseen: ['Redis cannot be reached: it does not answer.'],
  proof: { holds: null, why: [unfolded], units: [] },
});

const wrong = { ...booked, coins: 81_239 };
const unproven = told({
  proof: {
    holds: false,
    why: [
      '400000 coins were granted, 318759 are held, 81240 left the wallets and 81240 were booked.',
      'boards has booked 81239 coins, 9310 gifts, 81240000 millidiamonds, ' +
        'where the log has 81240 coins, 9310 gifts, 81240000 millidiamonds.',
    ],
    log: { ...proven.log, held: 318_759, holds: false },
    units: [proven.units[0]!, { ...proven.units[1]!, ledger: wrong, holds: false }],
  },
});

/** Systems in which not all is well, and what their operator has to be able to read. */
export const systemStates: Readonly<Record<string, { told: NonNullable<Told>; says: readonly string[] }>> = {
  rebuilding: {
    told: rebuilding,
    says: ['Generation g2 is being filled: 7,100 events looked at, 5,380 left', 'Rebuilding, 56 %', 'Holds'],
  },
  parked: {
    told: parked,
    says: ['Parked', 'is stopped at event', 'waits at event', stopped.fault],
  },
  behind: {
    told: behind,
    says: ['9,360 events', 'Stands still', 'stands still: is a projector at work?', 'The queue is paused.'],
  },
  'redis-away': {
    told: redisAway,
    says: [
      'Redis cannot be reached: it does not answer.',
      'Not known yet',
      unfolded,
      'Not known while Redis',
    ],
  },
  unproven: {
    told: unproven,
    says: ['Not every coin is accounted for', 'Does NOT hold', '≠', 'the log has', '81,239'],
  },
};
