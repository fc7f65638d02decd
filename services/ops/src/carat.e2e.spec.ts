import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type System, startSystem } from '@carat/local';
import { activeGeneration, ranksKey, tableKey, tables } from '@carat/read-models';
import { formatGiftLog, simulateLive } from '@carat/simulator';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCarat, startCarat } from './testing/run-carat.ts';
import { verify } from './verify/verify.ts';

const live = simulateLive({
  seed: 11,
  preset: 'tiktok',
  durationMs: 180_000,
  sendsPerMinute: 60,
  viewers: 90,
  faults: { replaysPerHour: 60, mostReplays: 5 },
});

let dir: string;
let file: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-e2e-'));
  file = join(dir, 'live.jsonl');
  await writeFile(file, [...formatGiftLog(live), ''].join('\n'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const expectTruth = (report: Record<string, unknown>): void => {
  const { truth, header } = live;
  expect(report).toMatchObject({
    live: header.live,
    frames: truth.frames,
    refused: 0,
    combos: truth.combos,
    viewers: truth.viewers,
    gifts: truth.gifts,
    coins: truth.coins,
    millidiamonds: truth.coins * 1_000,
    agree: true,
  });
  const { booked, repeated, top10, framesPerSecond } = report as Record<string, number> & {
    top10: { coins: number }[];
  };
  expect(booked! + repeated!).toBe(truth.frames);
  expect(repeated).toBeGreaterThan(0);
  expect(top10.map(({ coins }) => coins)).toEqual(truth.top10.map(({ coins }) => coins));
  expect(framesPerSecond).toBeGreaterThan(0);
};

describe('carat play --local', () => {
  it('plays a live on a system of its own through two gateways, and all witnesses agree', async () => {
    const args = ['play', '--local', '--gateways', '2', '--speed', '0', '--json', file];
    const { code, stdout, stderr } = await runCarat(args);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expectTruth(JSON.parse(lines[0]!));
    expect(stderr).toMatch(/processes: gateway \d+, gateway-2 \d+, projector \d+, api \d+, redis \d+/);
  });

  it('removes all of it when it is interrupted', async () => {
    const { child, ended, said } = startCarat(['play', '--local', '--speed', '1', file]);
    await vi.waitFor(() => expect(said()).toContain('processes: '), { timeout: 30_000 });
    const pids = [
      ...said()
        .split('processes: ')[1]!
        .matchAll(/ (\d+)/g),
    ].map(([, pid]) => Number(pid));
    const place = said().match(/sqlite:(.*)\/carat.db/)![1]!;
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await expect(readdir(place)).rejects.toThrow('ENOENT');
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('carat verify', () => {
  let system: System;
  let redis: Redis;
  let keys: { board: string; ranks: string; totals: string; feed: string; heads: string; gifters: string };
  const signal = new AbortController().signal;
  const differences = async (): Promise<string> => (await verify(system, signal)).differences.join('\n');

  beforeAll(async () => {
    system = await startSystem({ dir: join(dir, 'system') });
    const env = { CARAT_URL: system.apiUrl, CARAT_JWT_SECRET: system.secret };
    const { code, stdout } = await runCarat(['play', '--speed', '0', '--json', file], env);
    expect(code).toBe(0);
    expectTruth(JSON.parse(stdout));
    redis = new Redis(system.redisUrl);
    const { generation } = (await activeGeneration(redis))!;
    const all = await redis.keys('*:live-board:*');
    const name = all.find((key) => !key.includes('ranks:'))!.split('live-board:')[1]!;
    const of = (table: string): string => tableKey(generation, 'creators', table);
    keys = {
      board: of(tables.liveBoard(name)),
      ranks: ranksKey(generation, 'creators', tables.liveBoard(name)),
      totals: of(tables.liveTotals(name)),
      feed: of(tables.feed(name)),
      heads: of('feed-heads'),
      gifters: tableKey(generation, 'boards', tables.gifterBoard('all', 0)),
    };
    // The boards follow within a second; their numbers are changed by hand below.
    await vi.waitFor(async () => expect(await redis.exists(keys.gifters)).toBe(1), { timeout: 10_000 });
  });
  afterAll(async () => {
    redis?.disconnect();
    await system?.stop();
  });

  it('finds everything as the log says', async () => {
    const env = { CARAT_EVENT_STORE: system.eventStore, REDIS_URL: system.redisUrl };
    const { code, stdout, stderr } = await runCarat(['verify', '--json'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const coins = String(live.truth.coins);
    expect(JSON.parse(stdout)).toMatchObject({
      agree: true,
      coins: { granted: coins, spent: coins, held: '0' },
      differences: [],
    });
  });

  /** Changes a key by hand, looks what is said of it, and puts it back. */
  const spoil = async (key: string, change: () => Promise<unknown>): Promise<string> => {
    const kept = await redis.dumpBuffer(key);
    await change();
    try {
      return await differences();
    } finally {
      await redis.del(key);
      if (kept) await redis.restore(key, 0, kept);
    }
  };

  it('finds every kind of number that is altered by hand in Redis', async () => {
    const [best] = live.truth.top10;
    const viewer = best!.viewer;
    const value = (await redis.hget(keys.board, viewer))!;
    const [newest] = await redis.xrevrange(keys.feed, '+', '-', 'COUNT', 1);
    const said = {
      field: await spoil(keys.board, () => redis.hset(keys.board, viewer, value.replace(/^\d/, '9$&'))),
      missing: await spoil(keys.board, () => redis.hdel(keys.board, viewer)),
      extra: await spoil(keys.board, () => redis.hset(keys.board, 'nobody', '1 1')),
      place: await spoil(keys.gifters, () => redis.hset(keys.gifters, viewer, `${best!.coins} 1`)),
      score: await spoil(keys.ranks, () => redis.zincrby(keys.ranks, 1, viewer)),
      unranked: await spoil(keys.ranks, () => redis.zrem(keys.ranks, viewer)),
      totals: await spoil(keys.totals, () => redis.hset(keys.totals, 'all', '1 1 1 1')),
      begins: await spoil(keys.totals, () => redis.hset(keys.totals, 'begins', '1')),
      feed: await spoil(keys.feed, () => redis.xdel(keys.feed, newest![0])),
      head: await spoil(keys.heads, () => redis.del(keys.heads)),
      noTable: await spoil(keys.gifters, () => redis.del(keys.gifters)),
      stranger: await spoil(`${keys.board}x`, () => redis.hset(`${keys.board}x`, 'ann', '1 1')),
      kind: await spoil(keys.board, () => redis.set(keys.board, 'text')),
    };
    expect(said).toEqual({
      field: expect.stringContaining(`${viewer} says 9${best!.coins} coins`),
      missing: expect.stringContaining(`${viewer} is missing`),
      extra: expect.stringContaining('nobody says 1 coins'),
      place: expect.stringContaining(`boards, gifter-board:all:0, as of `),
      score: expect.stringContaining(`${viewer} ranks with ${best!.coins + 1}`),
      unranked: expect.stringContaining(`${viewer} is missing`),
      totals: expect.stringContaining('all says 1 coins, 1 gifts, 1 millidiamonds'),
      begins: expect.stringContaining('begins says at 1, the log says at '),
      feed: expect.stringMatching(/it ends with booking \d+, the log has \d+/),
      head: expect.stringContaining('there is no such key, the log implies it'),
      noTable: expect.stringContaining('there is no such key, the log implies it'),
      stranger: expect.stringContaining('the log knows nothing of it'),
      kind: expect.stringContaining('it cannot be read: WRONGTYPE'),
    });
    expect(await differences()).toBe('');
  });

  it('finds every kind of event that is altered by hand in the database', async () => {
    const database = new DatabaseSync(system.eventStore.slice('sqlite:'.length), { timeout: 5_000 });
    const spoilEvent = async (type: string, path: string, to: string | number): Promise<string> => {
      const found = database.prepare('SELECT position, data FROM events WHERE type = ? LIMIT 1').get(type);
      const { position, data } = found as { position: number; data: string };
      const set = database.prepare('UPDATE events SET data = ? WHERE position = ?');
      database
        .prepare('UPDATE events SET data = json_set(data, ?, ?) WHERE position = ?')
        .run(path, to, position);
      try {
        return await differences();
      } finally {
        set.run(data, position);
      }
    };
    try {
      const changes: [type: string, path: string, to: string | number, named?: string][] = [
        ['GiftSent', '$.coins', 1_000_000],
        ['GiftSent', '$.booked', 9_000],
        ['GiftSent', '$.count', 9_000],
        ['GiftSent', '$.after.balance', 1_000_000],
        ['GiftSent', '$.gift', 'another'],
        ['GiftSent', '$.live', 'another'],
        ['GiftSent', '$.combo', '00000000-0000-7000-8000-000000000000'],
        ['GiftSent', '$.at', 1],
        ['CoinsGranted', '$.coins', 1_000_000],
        ['GrantMade', '$.coins', 1_000_000],
        ['GiftListed', '$.coins', 7, 'never cost'],
        ['LiveStarted', '$.creator', 'another', "is another's"],
        ['LiveEnded', '$.creator', 'another'],
      ];
      for (const [type, path, to, named = `${type} `] of changes) {
        expect(await spoilEvent(type, path, to), `${type} ${path}`).toContain(named);
      }
      expect(await differences()).toBe('');
    } finally {
      database.close();
    }
  });
});
