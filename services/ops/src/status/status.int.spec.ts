import type { EventStore, LogEnd } from '@carat/event-store';
import { creatorUnits } from '@carat/protocol';
import {
  activeGeneration,
  beginCandidate,
  beginGeneration,
  checkpointKey,
  createRebuildReport,
  payoutsQueue,
  plainUnits,
  type Unit,
  writePoison,
} from '@carat/read-models';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalRedis, startRedis } from '../../../../infra/local/redis.ts';
import { runCarat, startCarat } from '../testing/run-carat.ts';
import { openLogs, sealAll } from '../verify/testing/forged-log.ts';
import { beginEarnings } from '../verify/testing/written-earnings.ts';
import { noon, writeLog } from '../verify/testing/written-log.ts';
import type { Status } from './status.ts';

let server: LocalRedis;
let redis: Redis;
let logs: Awaited<ReturnType<typeof openLogs>>;
let store: EventStore;
let head: LogEnd;
let env: { readonly CARAT_EVENT_STORE: string; readonly REDIS_URL: string };

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  logs = await openLogs();
  const log = writeLog();
  log.write('log', 'LogCreated', { logId: 'log-a' });
  for (let n = 0; n < 10; n++) log.list(`gift-${n}`, 5);
  let url: string;
  ({ store, url } = await logs.forge(log.events));
  await sealAll(store);
  head = (await store.head())!;
  env = { CARAT_EVENT_STORE: url, REDIS_URL: server.url };
});
afterEach(() => logs.close());

const begin = async (log = 'log-a'): Promise<string> =>
  (await beginGeneration(redis, { projections: 1, log }, await activeGeneration(redis))).generation;
const place = (generation: string, unit: Unit, checkpoint: object): Promise<number> =>
  redis.hset(checkpointKey(generation, unit), checkpoint);
const atHead = () => ({ position: head.position, event: head.id, complete: '1' });
/** The place of the nth gift of the catalogue, from 0. */
const atGift = async (n: number) => {
  const page = await store.readStream('catalogue', { from: n, limit: 1 });
  const { position, id } = (page.exists && page.events[0]) as LogEnd;
  return { position, event: id };
};
const beginAtHead = async (log?: string): Promise<string> => {
  const generation = await begin(log);
  for (const unit of plainUnits) await place(generation, unit, atHead());
  return generation;
};

const nobody = 'redis://127.0.0.1:1';
const linesOf = (text: string): string[] => text.trimEnd().split('\n');
const look = async (settings = env) => {
  const { code, stdout, stderr } = await runCarat(['status', '--json'], settings);
  return { code, status: JSON.parse(stdout) as Status, said: linesOf(stderr) };
};

describe('carat status', () => {
  it('shows on one screen that all is well', async () => {
    const generation = await beginAtHead();
    const { code, stdout, stderr } = await runCarat(['status'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(linesOf(stdout)).toEqual([
      'All is well.',
      'log log-a',
      expect.stringMatching(/^ {2}head: position 12, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      expect.stringMatching(/^ {2}last seal: number 1, \d{4}.{15}, 11 events sealed$/),
      `generation ${generation} is read (projections 1)`,
      '  creators  complete, position 12',
      '  boards    complete, position 12',
      'queue: 0 waiting, 0 active, 0 delayed, 0 failed',
    ]);
    expect(linesOf(stdout).filter((line) => line.length > 80)).toEqual([]);
  });

  it('says the same as JSON, and writes nothing', async () => {
    const generation = await beginAtHead();
    const before = await redis.keys('*');
    const { code, status } = await look();
    expect(code).toBe(0);
    expect(status).toMatchObject({
      log: { id: 'log-a', head: { position: '12', id: head.id }, lastSeal: { number: 1, events: 11 } },
      redis: {
        active: { generation, log: 'log-a', units: [{ unit: 'creators' }, { unit: 'boards' }] },
        candidate: null,
        queue: { waiting: 0, paused: false },
      },
      progress: { [generation]: { creators: { behind: 0, share: 1 }, boards: { behind: 0 } } },
      unseen: [],
      faults: [],
    });
    expect(await redis.keys('*')).toEqual(before);
  });

  it('shows how far a rebuild is, and what else there is in Redis', async () => {
    const abandoned = await begin('log-of-old');
    await beginAtHead();
    const active = (await activeGeneration(redis))!;
    const pointer = await beginCandidate(redis, { projections: 2, log: 'log-a', approved: false }, active);
    const candidate = pointer!.candidate!.generation;
    await place(candidate, 'creators', await atGift(4));
    const queue = new Queue('units', { connection: redis, prefix: '{carat-jobs}' });
    await queue.add('creators', {});
    await queue.pause();
    await queue.close();
    const { code, stdout, stderr } = await runCarat(['status'], env);
    expect(code).toBe(1);
    expect(stderr).toBe('The queue of wake-ups is paused, so numbers come late: resume it.\n');
    expect(stdout).toContain(
      [
        `generation ${candidate} is to be filled (projections 2)`,
        '  creators  rebuilding, 50 %, position 6, 6 events behind',
        '  boards    rebuilding, 0 %, position none, 12 events behind',
        `generation ${abandoned} is to be dropped`,
        'queue: 1 waiting, 0 active, 0 delayed, 0 failed, PAUSED',
      ].join('\n'),
    );
  });

  it('tells a candidate that waits to be approved from one that is stopped', async () => {
    await beginAtHead();
    const active = (await activeGeneration(redis))!;
    const pointer = await beginCandidate(redis, { projections: 1, log: 'log-a', approved: false }, active);
    const candidate = pointer!.candidate!.generation;
    for (const unit of plainUnits) await place(candidate, unit, await atGift(9));
    const fault = 'boards stops at event e-1, position 12: coins: not a number';
    const report = createRebuildReport(redis);
    const told = {
      generation: candidate,
      replaces: active.generation,
      events: 10,
      perSecond: 0,
      remaining: 0,
    };
    const stands = { ...told, position: '11', head: head.position, differences: 0, since: 0, at: 0 };
    await report.say({ ...stands, phase: 'ready', fault: null });
    const ready = await runCarat(['status'], env);
    expect(ready.code).toBe(0);
    expect(ready.stdout).toContain(
      [
        `generation ${candidate} waits to be approved (projections 1)`,
        '  creators  filled, position 11, 1 event behind',
      ].join('\n'),
    );
    await report.say({ ...stands, phase: 'stopped', fault });
    const stopped = await runCarat(['status'], env);
    expect(stopped.code).toBe(1);
    expect(stopped.stdout).toContain(`generation ${candidate} is STOPPED (projections 1)\n`);
    expect(stopped.stderr).toBe(`The rebuild of generation ${candidate} is stopped: ${fault}\n`);
  });

  it('keeps to 80 columns with shards and boards of long names', async () => {
    const board = `board:${'b'.repeat(36)}` as Unit;
    const units: readonly Unit[] = [...creatorUnits(4), 'boards', board];
    const { generation } = await beginGeneration(redis, { projections: 1, log: 'log-a', units }, undefined);
    for (const unit of units) await place(generation, unit, await atGift(2));
    const { stdout } = await runCarat(['status'], env);
    expect(linesOf(stdout).filter((line) => line.length > 80)).toEqual([]);
    for (const unit of units) expect(stdout).toContain(`  ${unit} `);
    expect(stdout).toContain('  boards      rebuilding, 33 %, position 4, 8 events behind\n');
    expect(stdout).toContain(`  ${board}  rebuilding, 33 %, position 4,\n    8 events behind\n`);
  });

  it('tells of units that are lost, torn, elsewhere or being rebuilt', async () => {
    const generation = await beginAtHead();
    await place(generation, 'creators', { torn: 'by something' });
    await redis.del(checkpointKey(generation, 'boards'));
    const broken = await look();
    expect(broken.code).toBe(1);
    expect(broken.said).toEqual([
      'creators is torn: a change of its numbers broke off in the middle.',
      'boards has lost its checkpoint.',
    ]);
    const next = await begin('log-of-another');
    await place(next, 'creators', { position: '99', event: 'none', complete: '1' });
    const other = await look();
    expect(other.said).toEqual([
      'The numbers are of another log, log-of-another: is a projector at work?',
      'creators stands at position 99, which the log has not as it was applied.',
      'boards is being rebuilt, and stands still: is a projector at work?',
    ]);
    expect(other.status.redis!.abandoned).toEqual([generation]);
  });

  it('tells of a unit that is stopped at an event', async () => {
    const generation = await beginAtHead();
    const { position, event: id } = await atGift(9);
    await place(generation, 'boards', { position: '10' });
    await writePoison(redis, generation, 'boards', { event: id, position, fault: 'coins: not a number' });
    const { code, stdout, stderr } = await runCarat(['status'], env);
    expect(code).toBe(1);
    expect(stdout).toContain('  boards    STOPPED, position 10');
    expect(stderr).toBe(
      `boards of the numbers that are read is stopped at event ${id}, position ${position}: ` +
        'coins: not a number (see carat park list)\n',
    );
  });

  it('tells a unit that stands still from one that moves on', async () => {
    const generation = await beginAtHead();
    await place(generation, 'creators', await atGift(2));
    const still = await look();
    expect(still.code).toBe(1);
    expect(still.said).toEqual(['creators is 8 events behind, and stands still: is a projector at work?']);
    const { ended } = startCarat(['status'], env);
    let moves = 0;
    const moving = setInterval(() => void place(generation, 'creators', { application: `a-${++moves}` }), 20);
    const { code, stdout } = await ended;
    clearInterval(moving);
    expect(code).toBe(0);
    expect(stdout).toContain('  creators  complete, position 4, 8 events behind');
  });

  it('says that there are no numbers yet', async () => {
    const { code, said, status } = await look();
    expect({ code, said }).toEqual({
      code: 1,
      said: ['Redis holds no numbers: is a projector at work?'],
    });
    expect(status.redis!.active).toBeNull();
  });
});

describe('carat status where diamonds become money', () => {
  const lookAtMoney = async () => {
    const { stdout, stderr } = await runCarat(['status'], env);
    const lines = linesOf(stdout);
    return { lines: lines.slice(lines.indexOf('money')), said: linesOf(stderr) };
  };
  /** A payout that was tried once and in vain. */
  const failPayout = async (): Promise<void> => {
    const { name, prefix } = payoutsQueue;
    const queue = new Queue(name, { connection: redis, prefix });
    await queue.add('pay', {});
    const connection = redis.duplicate({ maxRetriesPerRequest: null });
    const worker = new Worker(name, () => Promise.reject(new Error('in vain')), { connection, prefix });
    await new Promise((resolve) => worker.once('failed', resolve));
    await worker.close();
    connection.disconnect();
    await queue.close();
  };

  it('shows days, redemptions, dead ends and comparisons, and what needs attention', async () => {
    const { log, earnings, send } = beginEarnings('cleo');
    send(2);
    earnings.closeAndSettle(0, 0);
    earnings.request('cleo', 'r1', 4_000, 1);
    earnings.approve('r1', 1);
    earnings.start('r1', 1);
    earnings.request('cleo', 'r2', 4_000, 1);
    earnings.step('RedemptionPutInReview', 'r2', 1, { reasons: ['large'] });
    const compared = { provider: 'sandbox', from: 0, to: 1, payouts: 1, differences: ['x'], unnamed: 0 };
    log.write('reconciliation', 'PayoutsReconciled', { ...compared, at: noon });
    env = { ...env, CARAT_EVENT_STORE: (await logs.forge(log.events)).url };
    await failPayout();
    const { lines, said } = await lookAtMoney();
    expect(lines).toEqual([
      'money',
      '  days: closed through 2026-06-10, at 2026-06-11 12:00:00',
      '    settled through 2026-06-10, available through 2026-06-10',
      '  redemptions: 1 in review, 0 approved, 1 started, 0 sent',
      '    started first: cleo/r1 at 2026-06-11 12:00:00',
      '  payouts at a dead end: 1',
      '  sandbox compared at 2026-06-10 12:00:00: 1 payout, 1 difference',
    ]);
    expect(said.slice(-4)).toEqual([
      'The day 2026-06-11 is over, and not closed: is a payouts service at work?',
      expect.stringMatching(/^What became of the payout cleo\/r1 is unknown since 2026-06-11 12:00:00: /),
      '1 payout has come to a dead end: what the payouts service logs says why.',
      'sandbox and the log differ in 1 of their payouts (see carat payouts reconcile).',
    ]);
  });
});

describe('carat status of half a system', () => {
  it('still shows the log while Redis is away', async () => {
    const settings = { ...env, REDIS_URL: nobody };
    const { code, stdout, stderr } = await runCarat(['status'], settings);
    expect(code).toBe(2);
    expect(stderr).toBe('Redis cannot be reached (REDIS_URL): nothing answers at 127.0.0.1:1.\n');
    expect(stdout).toContain('NOT all can be looked at.\nlog log-a\n  head: position 12, ');
    expect(stdout).toContain('\nredis: cannot be reached\n');
    const { status } = await look(settings);
    expect(status).toMatchObject({ log: { id: 'log-a' }, redis: null, progress: {} });
  });

  it('still shows Redis where there is no log', async () => {
    const generation = await beginAtHead();
    const settings = { ...env, CARAT_EVENT_STORE: 'sqlite:/nowhere/carat.db' };
    const { code, stdout, stderr } = await runCarat(['status'], settings);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^The event store \S+ cannot be read \(CARAT_EVENT_STORE\): there is no such file\.\n$/,
    );
    expect(stdout).toContain('log: cannot be read\n');
    expect(stdout).toContain(
      `generation ${generation} is read (projections 1)\n  creators  complete, position 12\n`,
    );
  });
});
