import { type LocalRedis, startRedis } from '@carat/local';
import { beginGeneration } from '@carat/read-models';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  begin,
  comboId,
  openPastLog,
  type PastLog,
} from '../../../../packages/history/src/testing/past-log.ts';
import { runCarat } from '../testing/run-carat.ts';

const combo = comboId(begin + 1_000);
const iso = (at: number): string => new Date(at).toISOString();
const nobody = 'redis://127.0.0.1:1';

describe('numbers of the past on the command line', () => {
  let log: PastLog;
  let redis: LocalRedis;
  let env: Record<string, string>;
  beforeAll(async () => {
    log = await openPastLog();
    redis = await startRedis();
    env = { CARAT_EVENT_STORE: `sqlite:${log.path}`, REDIS_URL: redis.url };
    await log.start('gala', begin);
    await log.send({ viewer: 'ann', at: begin + 1_000, combo, booked: 2 });
    await log.send({ viewer: 'bob', at: begin + 2_000, booked: 7 });
    await log.send({ viewer: 'ann', at: begin + 3_000, combo, booked: 3 });
  });
  afterAll(async () => {
    await log.close();
    await redis.stop();
  });

  const carat = async (args: readonly string[], more: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await runCarat(args, { ...env, ...more });
    for (const line of stdout.split('\n').filter((line) => !line.startsWith('{')))
      expect(line.length).toBeLessThanOrEqual(80);
    return { code, stderr, lines: stdout.trimEnd().split('\n') };
  };
  const json = async (...args: string[]) => JSON.parse((await carat([...args, '--json'])).lines.at(-1)!);

  it('of a live, as of an instant and a position', async () => {
    const past = { coins: 45, gifts: 9, senders: 2, millidiamonds: 22_500 };
    const top = [
      { id: 'bob', score: 35 },
      { id: 'ann', score: 10 },
    ];
    for (const moment of ['@6', iso(begin + 2_999), String(begin + 2_000)]) {
      const found = await json('at', moment, 'live', 'gala');
      expect(found).toMatchObject({ what: 'live', position: '6', at: begin + 2_000, ...past, top });
    }
    const { code, lines } = await carat(['at', '@6', 'live', 'gala']);
    expect(code).toBe(0);
    expect(lines).toEqual([
      `Live gala of cleo, as of position 6, ${iso(begin + 2_000)}:`,
      '  45 coins by 9 gifts of 2 senders; 22.500 diamonds',
      '  rose: 9 gifts, 45 coins',
      '     1. bob  35 coins',
      '     2. ann  10 coins',
    ]);
  });

  it('of a creator, a viewer and boards', async () => {
    expect(await json('at', '@6', 'creator', 'cleo')).toMatchObject({ millidiamonds: 22_500, gifts: 9 });
    const ann = { balance: 999_990, granted: 1_000_000, spent: 10, gifts: 2, position: '6', lastEvent: '4' };
    expect(await json('at', '@6', 'viewer', 'ann')).toMatchObject(ann);
    const board = await json('at', '@7', 'board', 'gifters', '--window', 'day', '--limit', '1');
    expect(board).toMatchObject({ window: 'day', on: begin + 3_000, entries: [{ id: 'bob', score: 35 }] });
    const { lines } = await carat(['at', '@7', 'board', 'creators']);
    expect(lines.slice(1)).toEqual(['     1. cleo  30.000 diamonds']);
  });

  it('as of the end of the log where it has not come so far, which is said', async () => {
    const { code, lines, stderr } = await carat(['at', '@99999999', 'creator', 'cleo']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'The log ends at position 7: as of that.\n' });
    expect(lines[0]).toContain('as of position 7');
    const beyond = await json('at', '@8', 'viewer', 'ann');
    expect(beyond).toMatchObject({ position: '7', isBeyondEnd: true });
    expect(await json('at', '@7', 'viewer', 'ann')).toMatchObject({ position: '7', isBeyondEnd: false });
    expect((await carat(['explain', 'viewer', 'ann', '--at', '@8'])).stderr).toMatch(/ends at position 7/);
  });

  it('without Redis, which is said', async () => {
    const { code, lines, stderr } = await carat(['at', '@6', 'creator', 'cleo'], { REDIS_URL: nobody });
    expect([code, lines[1]]).toEqual([0, '  22.500 diamonds of 45 coins by 9 gifts']);
    expect(stderr).toMatch(/Redis can't be reached.*from its start/);
  });

  it.each([
    [['at', '@1', 'live', 'gala'], /had not begun as of position 1/],
    [['at', 'yesterday', 'live', 'gala'], /An instant such as/],
    [['at', '@6', 'song', 'gala'], /One of live, creator, viewer, board/],
    [['at', '@6', 'board', 'gifters', '--window', 'hour'], /no board by the hour/],
    [['explain', 'live', 'nowhere'], /had not begun/],
    [['explain', 'viewer', 'nobody'], /viewer nobody had neither coins nor gifts as of position 7/],
    [['explain', 'viewer', 'nobody', '--json'], /neither coins nor gifts/],
    [['explain', 'viewer', 'ann', '--at', '@1'], /neither coins nor gifts as of position 1/],
    [['explain', 'live', 'gala', '--combo', comboId(begin, 9)], /No booking of/],
  ])('refuses %j', async (args, why) => {
    const { code, stderr, lines } = await carat(args);
    expect([code, stderr, lines]).toEqual([2, expect.stringMatching(why), ['']]);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('are explained booking by booking, and by what shows them now', async () => {
    const client = new Redis(redis.url);
    const { generation } = await beginGeneration(client, { projections: 1, log: 'log-of-specs' }, undefined);
    const { lines } = await carat(['explain', 'live', 'gala', '--combo', combo]);
    expect(lines.filter((line) => line.startsWith('@'))).toEqual([
      `@4 ${iso(begin + 1_000)}  2 x rose at 5 = 10 coins`,
      `@7 ${iso(begin + 3_000)}  3 x rose at 5 = 15 coins`,
    ]);
    expect(lines).toContain('    x 500/1000 = 7.500 diamonds; the combo reached 5');
    expect(lines).toContain('2 bookings: 5 gifts, 25 coins, 12.500 diamonds');
    expect(lines.slice(-2)).toEqual([
      `Shown now by unit creators of generation ${generation},`,
      '  at position none; it is still being filled from the log',
    ]);
    const shownBy = { unit: 'creators', generation, position: null, whole: false };
    expect(await json('explain', 'live', 'gala')).toMatchObject({ bookings: 3, coins: 60, shownBy });
    expect(await json('explain', 'creator', 'cleo', '--at', '@6', '--limit', '1')).toMatchObject({
      bookings: 2,
      listed: 1,
      position: '6',
    });
    expect(await json('explain', 'viewer', 'ann')).toMatchObject({ granted: 1_000_000, coins: 25 });
    client.disconnect();
  });

  it('are explained where Redis is away too, and that is said', async () => {
    const { code, lines } = await carat(['explain', 'live', 'gala'], { REDIS_URL: nobody });
    expect(code).toBe(0);
    expect(lines.join(' ')).toMatch(/3 bookings.*What shows it now is unknown\. +Redis can't be reached/);
  });
});
