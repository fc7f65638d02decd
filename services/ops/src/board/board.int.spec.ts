import { type LocalRedis, startRedis } from '@carat/local';
import { unitOfBoard } from '@carat/protocol';
import { activeGeneration, beginGeneration, checkpointKey, plainUnits, tableKey } from '@carat/read-models';
import { createLogger, createMetrics } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  begin,
  minute,
  openPastLog,
  type PastLog,
} from '../../../../packages/history/src/testing/past-log.ts';
import { createProjectorMetrics } from '../../../projector/src/metrics.ts';
import { type Projector, startProjector } from '../../../projector/src/projector.ts';
import { runCarat } from '../testing/run-carat.ts';

const nobody = 'redis://127.0.0.1:1';
const noon = begin + 2 * minute;

let server: LocalRedis;
let log: PastLog;
let env: Record<string, string>;
let projector: Projector | undefined;

/** Every line that is for people fits a terminal. */
const carat = async (args: readonly string[], more: Record<string, string> = {}) => {
  const { code, stdout, stderr } = await runCarat(args, { ...env, ...more });
  for (const line of stdout.split('\n').filter((line) => !line.startsWith('{')))
    expect(line.length).toBeLessThanOrEqual(80);
  expect(stderr).not.toMatch(/\n\s+at /);
  return { code, lines: stdout.trimEnd().split('\n'), stderr };
};
const json = async (...args: string[]) => JSON.parse((await carat([...args, '--json'])).lines.at(-1)!);

beforeAll(async () => {
  log = await openPastLog();
  server = await startRedis();
  env = { CARAT_EVENT_STORE: `sqlite:${log.path}`, REDIS_URL: server.url };
  await log.start('gala', begin);
  await log.send({ viewer: 'ann', at: begin, gift: 'rose', coins: 9 });
  await log.send({ viewer: 'bob', at: noon, gift: 'rose', coins: 5 });
  await log.send({ viewer: 'ann', at: noon, gift: 'lion', coins: 100 });
});
afterAll(async () => {
  for (const [, step] of projector?.close ?? []) await step();
  await server.stop();
  await log.close();
});

const start = async (): Promise<void> => {
  projector = await startProjector({
    store: log.store,
    redisUrl: server.url,
    log: createLogger({ service: 'projector', level: 'silent' }),
    metrics: createProjectorMetrics(createMetrics('projector')),
  });
};

const roses = ['--by', 'viewer', '--gift', 'rose'];

describe('boards on the command line', () => {
  it('are defined once, and told what they rank', async () => {
    expect((await carat(['board', 'list'])).lines).toEqual(['No board is defined.']);
    const from = ['--from', '2026-06-10', '--window', 'hour'];
    const { code, lines } = await carat(['board', 'create', 'roses', ...roses, ...from, '--no-wait']);
    expect(code).toBe(0);
    expect(lines).toEqual([
      'The board roses is defined.',
      '  viewers by coins, by the hour',
      '  bookings in all lives, of 1 gift',
      '  from 2026-06-10T00:00:00.000Z on',
    ]);
    const again = await json('board', 'create', 'roses', ...roses, ...from, '--no-wait');
    expect(again).toMatchObject({ board: 'roses', created: false, gifts: ['rose'], window: 'hour' });
    const [event, ...others] = await boardEvents();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'BoardCreated', data: { board: 'roses', ranks: 'viewer' } });
  });

  it.each([
    [['create', 'roses', '--by', 'creator'], /Another board was defined under this id/],
    [['create', 'gifters', '--by', 'viewer'], /cannot be defined. board: .*always there/],
    [['create', 'b', '--by', 'viewer', '--from', '2', '--to', '2'], /cannot be defined. to: must be later/],
    [['create', 'b', '--by', 'viewer', '--live', 'a b'], /An id has 1 to 128 characters/],
    [['retire', 'nothing', '--yes'], /There is no board nothing/],
    [['retire', 'roses'], /Retire the board roses\?.*Say --yes/],
  ])('refuse %j', async (args, why) => {
    const { code, stderr } = await carat(['board', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(why)]);
  });

  it('are not filled where nobody is at work, or Redis is away, which is said', async () => {
    const { code, lines } = await carat(['board', 'show', 'roses']);
    expect([code, lines]).toEqual([1, ['The board roses: no projector has taken it up yet.']]);
    const listed = await carat(['board', 'list'], { REDIS_URL: nobody });
    expect([listed.code, listed.lines[0]]).toEqual([0, 'roses']);
    expect(listed.stderr).toMatch(/Redis can't be reached.*is unknown/);
    const created = await carat(['board', 'create', 'lions', '--by', 'creator', '--gift', 'lion'], {
      REDIS_URL: nobody,
    });
    expect([created.code, created.lines[0]]).toEqual([1, 'The board lions is defined.']);
    expect(created.stderr).toMatch(/Redis can't be reached/);
  });

  it('are being filled also where that is in the middle of a change', async () => {
    const redis = new Redis(server.url);
    const unit = unitOfBoard('roses');
    const units = [...plainUnits, unit];
    const { generation } = await beginGeneration(redis, { projections: 1, log: 'a', units }, undefined);
    for (const more of [[], ['torn', 'x'], ['complete', '1']]) {
      await redis.hset(checkpointKey(generation, unit), 'application', 'a', ...more);
      const { code, lines } = await carat(['board', 'show', 'roses']);
      expect([code, lines]).toEqual([1, ['The board roses: being filled from the log, 0 %.']]);
    }
    await redis.flushall();
    redis.disconnect();
  });

  it('are told as they were, from the log', async () => {
    const { position } = (await log.store.head())!;
    const at = ['at', `@${position}`, 'board'];
    expect((await carat([...at, 'lions'])).lines.slice(1)).toEqual(['     1. cleo  50.000 diamonds']);
    const on = ['--on', String(noon)];
    const found = await json(...at, 'roses', ...on);
    expect(found).toMatchObject({
      id: 'roses',
      window: 'hour',
      on: noon,
      entries: [{ id: 'bob', score: 5 }],
    });
    expect(await json('board', 'show', 'roses', '--at', `@${position}`, ...on)).toEqual(found);
    const { code, stderr } = await carat([...at, 'roses', '--window', 'day']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/leave --window out/)]);
    // What is read by the hour needs no dump.
    expect((await carat([...at, 'roses'], { REDIS_URL: nobody })).stderr).toBe('');
  });

  it('are filled by a projector from all history, and follow', async () => {
    await start();
    const created = await carat(['board', 'create', 'all', '--by', 'viewer']);
    expect([created.code, created.stderr]).toEqual([0, '']);
    expect(created.lines.at(-1)).toMatch(/^It is filled as of position \d+\.$/);
    expect((await json('board', 'show', 'all')).entries).toEqual([
      { id: 'ann', score: 109 },
      { id: 'bob', score: 5 },
    ]);
    await log.send({ viewer: 'bob', at: noon, coins: 200 });
    await expect
      .poll(async () => (await json('board', 'show', 'all', '--limit', '1')).entries, { timeout: 10_000 })
      .toEqual([{ id: 'bob', score: 205 }]);
    const shown = await carat(['board', 'show', 'all', '--limit', '1']);
    expect(shown.lines).toEqual([
      expect.stringMatching(/^All-time board all, as of position \d+:$/),
      '     1. bob  205 coins',
    ]);
    const listed = await json('board', 'list');
    expect(listed.boards.map(({ board, filling }: { board: string; filling: object }) => [board, filling]))
      // All three were defined, two of them before anybody was there to fill them.
      .toEqual(['roses', 'lions', 'all'].map((id) => [id, expect.objectContaining({ stands: 'filled' })]));
  });

  it('are verified: a number that is not what the log says is found', async () => {
    const differing = async () =>
      (await json('verify')).differences.filter((line: string) => line.startsWith('board:'));
    expect(await differing()).toEqual([]);
    const redis = new Redis(server.url);
    const { generation } = (await activeGeneration(redis))!;
    await redis.hset(tableKey(generation, unitOfBoard('lions'), 'ranking:all:0'), 'cleo', '7 7');
    redis.disconnect();
    expect(await differing()).toEqual([
      expect.stringMatching(/^board:lions, ranking:all:0, .*cleo says 7 millidiamonds.* log says 50000 /),
    ]);
  });

  it('are retired for good', async () => {
    const { code, lines } = await carat(['board', 'retire', 'all', '--yes']);
    expect([code, lines]).toEqual([0, ['The board all is retired; carat at tells it as it was.']]);
    expect(await json('board', 'retire', 'all', '--yes')).toMatchObject({ retired: true, changed: false });
    const again = await carat(['board', 'create', 'all', '--by', 'viewer']);
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/was retired/)]);
    expect((await carat(['board', 'show', 'all'])).stderr).toMatch(/was retired: --at tells it/);
    expect((await json('board', 'list')).boards.map(({ board }: { board: string }) => board)).toEqual([
      'roses',
      'lions',
    ]);
    expect((await json('board', 'list', '--all')).boards).toHaveLength(3);
    const { position } = (await log.store.head())!;
    expect((await json('at', `@${position}`, 'board', 'all')).entries[0]).toEqual({ id: 'bob', score: 205 });
  });
});

const boardEvents = async () => {
  const page = await log.store.readStream('boards', { limit: 100 });
  return page.exists ? page.events : [];
};
