import { randomUUID } from 'node:crypto';
import { logCreated } from '@carat/domain';
import { http, largest } from '@carat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApi } from '../app.ts';
import type { NumbersReader } from '../numbers.ts';
import {
  callerOf,
  createLog,
  creator,
  dependenciesOf,
  operator,
  service,
  viewer,
} from '../testing/api-under-test.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const asOf = { generation: 'ab12', position: '17' };
const entries = [{ id: 'vera', score: 30 }];
const everything = { lives: [], gifts: [], from: null, to: null, window: 'all' };

/** What the read models know, by board, and what was asked of them. */
const filled = new Set<string>();
const asked: unknown[][] = [];
const definedBoard: NumbersReader['definedBoard'] = async ({ board, window }, ...rest) => {
  asked.push([board, window, ...rest]);
  return filled.has(board) ? { asOf, entries } : undefined;
};

let log: Awaited<ReturnType<typeof createLog>>;
let apps: ReturnType<typeof buildApi>[];
let one: ReturnType<typeof callerOf>;
let other: ReturnType<typeof callerOf>;
let store: Awaited<ReturnType<typeof log.open>>;

/** Two processes' worth of api on one log. */
beforeAll(async () => {
  log = await createLog();
  store = await log.open();
  await store.append([logCreated(randomUUID(), 'a-log')]);
  const { numbers } = dependenciesOf(store);
  apps = [store, await log.open()].map((each) =>
    buildApi(dependenciesOf(each, { numbers: { ...numbers, definedBoard } })),
  );
  for (const app of apps) await app.ready();
  [one, other] = apps.map(callerOf) as [typeof one, typeof other];
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await log.remove();
});

const eventsOf = async (stream: string) => {
  const page = await store.readStream(stream, { limit: 100 });
  return page.exists ? page.events : [];
};
const create = (board: string, more: object = {}, as = operator, through = one) =>
  through.call('POST', '/boards', as, { board, by: 'viewer', ...more });

describe('defining a board', () => {
  it('writes it down once, with who did, and every process knows it at once', async () => {
    const more = { lives: ['opening', 'gala'], gifts: ['rose'], from: noon, window: 'day' };
    const created = await create('spring', more);
    const board = {
      ...{ ...everything, ...more, lives: ['gala', 'opening'] },
      board: 'spring',
      by: 'viewer',
      retired: false,
    };
    expect(created).toEqual({ status: 201, body: board });
    expect(http.definedBoard.strict().parse(created.body)).toEqual(board);
    expect(await create('spring', more, service, other)).toEqual({ status: 200, body: board });
    const events = await eventsOf('boards');
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['BoardCreated', expect.objectContaining({ board: 'spring', ranks: 'viewer', by: 'olga' })],
    ]);
    expect((await other.call('GET', '/boards', operator)).body).toEqual({ boards: [board] });
  });

  it('takes the largest definition that there may be', async () => {
    const ids = (first: string) =>
      Array.from({ length: largest.boardIds }, (_, i) => `${first}${i}`.padEnd(128, 'x'));
    const { status, body } = await create('large', { lives: ids('l'), gifts: ids('g') });
    expect([status, (body.lives as string[]).length]).toEqual([201, largest.boardIds]);
  });

  it('refuses another one under its id, and what is no definition', async () => {
    const refused = (code: Parameters<typeof one.callRefused>[0], body: object, who = operator) =>
      one.callRefused(code, 'POST', '/boards', who, body);
    await refused('board_exists_already', { board: 'spring', by: 'creator' });
    for (const [path, more] of [
      ['board', { board: 'creators' }],
      ['by', { by: 'gift' }],
      ['to', { from: noon, to: noon }],
      ['window', { window: 'month' }],
    ] as const) {
      const body = { board: 'wrong', by: 'viewer', ...more };
      expect((await refused('invalid', body)).path).toBe(path);
    }
    for (const who of [viewer, creator]) await refused('forbidden', { board: 'mine', by: 'viewer' }, who);
  });

  it('refuses one more than may stand at once, until one is retired', async () => {
    const { boards } = (await one.call('GET', '/boards', operator)).body as { boards: http.DefinedBoard[] };
    const free = largest.boards - boards.length;
    const answers = await Promise.all(
      Array.from({ length: free + 3 }, (_, i) => create(`many-${i}`, {}, operator, i % 2 ? one : other)),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(free);
    const unmade = answers.filter(({ status }) => status !== 201);
    expect(unmade.map(({ body }) => body.refused)).toEqual(Array(3).fill('too_many_boards'));
    await one.call('POST', `/boards/${made[0]!.body.board}/retire`, operator);
    expect((await create('one-more')).status).toBe(201);
  });
});

describe('retiring a board', () => {
  it('is for good', async () => {
    await one.call('POST', '/boards/one-more/retire', operator);
    await create('summer');
    const retired = await other.call('POST', '/boards/summer/retire', operator);
    expect(retired).toMatchObject({ status: 200, body: { board: 'summer', retired: true } });
    expect(await one.call('POST', '/boards/summer/retire', operator)).toEqual(retired);
    expect((await eventsOf('boards')).filter(({ data }) => data.board === 'summer')).toHaveLength(2);
    await one.callRefused('board_retired', 'POST', '/boards', operator, { board: 'summer', by: 'viewer' });
    await one.callRefused('board_unknown', 'POST', '/boards/nothing/retire', operator);
    await one.callRefused('forbidden', 'POST', '/boards/spring/retire', viewer);
    await one.callRefused('forbidden', 'GET', '/boards', viewer);
  });
});

describe('reading a board', () => {
  it('is of its window, for anybody who is signed in, once it is filled', async () => {
    const refused = await one.callRefused('overloaded', 'GET', '/boards/spring', viewer);
    expect(refused.retryAfterMs).toEqual(expect.any(Number));
    filled.add('spring');
    asked.length = 0;
    const read = await one.call('GET', `/boards/spring?on=${noon}&limit=3`, viewer);
    expect(read).toEqual({ status: 200, body: { asOf, unit: 'coins', entries } });
    const before = Date.now();
    await one.call('GET', '/boards/spring', creator);
    expect(asked[0]).toEqual(['spring', 'day', noon, 3]);
    expect(asked[1]).toEqual(['spring', 'day', expect.any(Number), 10]);
    expect(asked[1]![2]).toBeGreaterThanOrEqual(before);
    await one.callRefused('unauthenticated', 'GET', '/boards/spring');
  });

  it('is refused where there is none, or none any more', async () => {
    await one.callRefused('board_unknown', 'GET', '/boards/nothing', viewer);
    await one.callRefused('board_retired', 'GET', '/boards/summer', viewer);
    await one.callRefused('invalid', 'GET', '/boards/spring?window=day', viewer);
  });

  it('as it was is for the platform, from the log, also of one that was defined later', async () => {
    const gift = {
      live: 'l1',
      creator: 'carla',
      gift: 'rose',
      combo: '019ac000-0000-7000-8000-000000000001',
    };
    const booked = { booked: 1, count: 1, unitCoins: 5, rate: 1_000, coins: 5, millidiamonds: 5_000 };
    const data = { viewer: 'vera', ...gift, ...booked, at: noon, after: { balance: 95 } };
    const write = { stream: 'wallet-vera', expected: 'no_stream' as const };
    await store.append([{ ...write, events: [{ id: randomUUID(), type: 'GiftSent', data }] }]);
    const head = (await store.head())!.position;
    await create('autumn', { by: 'creator' }, operator);
    await one.call('POST', '/boards/autumn/retire', operator);
    const { status, body } = await one.call('GET', `/boards/autumn?at=@${head}`, operator);
    expect([status, body.unit, body.entries]).toEqual([
      200,
      'millidiamonds',
      [{ id: 'carla', score: 5_000 }],
    ]);
    const earlier = await one.call('GET', '/boards/autumn?at=@2', service);
    expect([earlier.status, earlier.body.entries]).toEqual([200, []]);
    for (const who of [viewer, creator])
      await one.callRefused('forbidden', 'GET', '/boards/autumn?at=@2', who);
  });
});
