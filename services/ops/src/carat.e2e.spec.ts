import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openEventStore, sealsStream } from '@carat/event-store';
import { type System, startSystem } from '@carat/local';
import { activeGeneration, ranksKey, tableKey, tables } from '@carat/read-models';
import { formatGiftLog, simulateLive } from '@carat/simulator';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
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
  let keys: Readonly<
    Record<
      'board' | 'ranks' | 'totals' | 'feed' | 'heads' | 'gifters' | 'minutes' | 'days' | 'lives' | 'ledger',
      string
    >
  >;
  /** The live that was played. */
  let name: string;
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
    name = all.find((key) => !key.includes('ranks:'))!.split('live-board:')[1]!;
    const of = (table: string): string => tableKey(generation, 'creators', table);
    keys = {
      board: of(tables.liveBoard(name)),
      ranks: ranksKey(generation, 'creators', tables.liveBoard(name)),
      totals: of(tables.liveTotals(name)),
      feed: of(tables.feed(name)),
      heads: of('feed-heads'),
      gifters: tableKey(generation, 'boards', tables.gifterBoard('all', 0)),
      minutes: (await redis.keys('*}:live-minutes:*'))[0]!,
      days: (await redis.keys('*}:creator-days:*'))[0]!,
      lives: (await redis.keys('*}:creator-lives:*'))[0]!,
      ledger: tableKey(generation, 'boards', tables.ledger),
    };
    // The boards follow within a second, and the last seal, after which none comes, within a few. What is put
    // back by hand below must not undo what was still to come.
    await vi.waitFor(
      async () => {
        const { position, units, seals } = await verify(system, signal);
        expect([units.creators?.position, units.boards?.position]).toEqual([position, position]);
        expect(seals.unsealed).toBe(1);
      },
      { timeout: 20_000 },
    );
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
      title: await spoil(keys.totals, () => redis.hset(keys.totals, 'title', 'Another one')),
      minutes: await spoil(keys.minutes, () => redis.hset(keys.minutes, name, '5 1 5000 1')),
      days: await spoil(keys.days, () => redis.del(keys.days)),
      lives: await spoil(keys.lives, () => redis.hset(keys.lives, name, '5 1')),
      ledger: await spoil(keys.ledger, () => redis.hset(keys.ledger, 'booked', '1 2 3 4')),
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
      title: expect.stringContaining('title says '),
      minutes: expect.stringContaining(`${name} says 5 coins, 1 gifts, 5000 millidiamonds`),
      days: expect.stringContaining('there is no such key, the log implies it'),
      lives: expect.stringContaining(`${name} says 5 ms since 1970`),
      ledger: expect.stringContaining('boards, ledger, as of '),
      feed: expect.stringMatching(/it ends with booking \d+, the log has \d+/),
      head: expect.stringContaining('there is no such key, the log implies it'),
      noTable: expect.stringContaining('there is no such key, the log implies it'),
      stranger: expect.stringContaining('the log knows nothing of it'),
      kind: expect.stringContaining('it cannot be read: WRONGTYPE'),
    });
    expect(await differences()).toBe('');
  });

  describe('with the database altered by hand', () => {
    let database: DatabaseSync;
    beforeAll(() => {
      database = new DatabaseSync(system.eventStore.slice('sqlite:'.length), { timeout: 5_000 });
    });
    afterAll(() => database.close());

    /** Runs a statement, looks what is said of it, and puts all events back as they were. */
    const spoilEvents = async (sql: string, ...values: (string | number)[]): Promise<string> => {
      database.exec('CREATE TEMP TABLE kept AS SELECT * FROM events');
      database.prepare(sql).run(...values);
      try {
        return await differences();
      } finally {
        database.exec(
          `BEGIN IMMEDIATE; DELETE FROM events; INSERT INTO events SELECT * FROM kept; COMMIT;
           DROP TABLE kept`,
        );
      }
    };
    const select = <Row>(sql: string): Row[] => database.prepare(sql).all() as Row[];

    afterEach(async () => expect(await differences()).toBe(''));

    it('finds one event of every type in which anything is altered, and names it', async () => {
      const firsts = select<{ type: string; position: number; data: string }>(
        'SELECT type, min(position) AS position, data FROM events GROUP BY type',
      );
      expect(firsts.map(({ type }) => type)).toEqual([
        'CoinsGranted',
        'GiftListed',
        'GiftSent',
        'GrantMade',
        'LiveEnded',
        'LiveStarted',
        'LogCreated',
        'LogSealed',
      ]);
      for (const { type, position, data } of firsts) {
        for (const [field, value] of Object.entries(JSON.parse(data) as Record<string, unknown>)) {
          const altered = typeof value === 'number' ? value + 1 : `${value}x`;
          const said = await spoilEvents(
            'UPDATE events SET data = json_set(data, ?, ?) WHERE position = ?',
            `$.${field}`,
            altered,
            position,
          );
          expect(said, `${type} ${field}`).toMatch(
            new RegExp(`^The event at position ${position}, ${type} \\d+ of \\S+ .* is not what was written`),
          );
        }
      }
    });

    it.each([
      [`type = 'Another'`],
      ['created = created + 1'],
      ['id = randomblob(16)'],
      ['stream = 1'],
      ['stream = 99999'],
      ['revision = revision + 1'],
      ['previous = previous + 1'],
      ['checksum = checksum + 1'],
    ])('finds an event with %s', async (set) => {
      const [{ position }] = select<{ position: number }>(
        `SELECT max(position) AS position FROM events WHERE type = 'GiftSent'`,
      ) as [{ position: number }];
      const said = await spoilEvents(`UPDATE events SET ${set} WHERE position = ${position}`);
      expect(said).toContain(`The event at position ${position}, `);
      // What follows from it is told in a few lines, not with every number.
      expect(said.split('\n').length).toBeLessThan(10);
    });

    it('finds an event of any type that was taken out', async () => {
      const last = `SELECT max(position) AS position FROM events GROUP BY type`;
      for (const { position } of select<{ position: number }>(last)) {
        const said = await spoilEvents(`DELETE FROM events WHERE position = ${position}`);
        expect(said, String(position)).toMatch(/lacks some of its last|is gone\./);
      }
    });

    it('finds an event that was put in', async () => {
      const said = await spoilEvents(
        `INSERT INTO events SELECT position + 1, stream, revision + 1, position, created, randomblob(16),
         type, data, checksum FROM events ORDER BY position DESC LIMIT 1`,
      );
      expect(said).toMatch(/^The event at position \d+, .* is not what was written/);
    });

    it('finds a stream that was renamed', async () => {
      const [{ name }] = select<{ name: string }>(
        `SELECT name FROM streams WHERE name LIKE 'wallet-%' LIMIT 1`,
      ) as [{ name: string }];
      const rename = database.prepare('UPDATE streams SET name = ? WHERE name = ?');
      rename.run('wallet-nobody', name);
      expect(await differences()).toContain('of wallet-nobody by its own account, is not what was written');
      rename.run(name, 'wallet-nobody');
    });
  });

  it('says that the numbers are of another log', async () => {
    const other = `sqlite:${join(dir, 'other.db')}`;
    const [from, to] = [await openEventStore(system.eventStore), await openEventStore(other)];
    const { events } = await from.readAll({ limit: 10_000 });
    for (const { stream, revision, id, type, data } of events) {
      if (stream === sealsStream) continue;
      const event = { id, type, data: type === 'LogCreated' ? { logId: 'another' } : data };
      await to.append([{ stream, expected: revision === 0 ? 'no_stream' : revision - 1, events: [event] }]);
    }
    await Promise.all([from.close(), to.close()]);
    const env = { CARAT_EVENT_STORE: other, REDIS_URL: system.redisUrl };
    const { code, stdout, stderr } = await runCarat(['verify'], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('NOT all') });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^creators: it is filled from the log \S+, but this one is another\.$/),
      expect.stringMatching(/^boards: it is filled from the log \S+, but this one is another\.$/),
    ]);
  });
});
