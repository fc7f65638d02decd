import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { maxBlockedPerLive, streams } from '@carat/domain';
import { openEventStore } from '@carat/event-store';
import { largest, type Refusal, type RefusalCode, refusalCodes, refusals } from '@carat/protocol';
import { io } from 'socket.io-client';
import { v4, v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moneyRefusals, unansweredRefusals } from './money-refusals.ts';
import { outcome, raiseStage, type Stage } from './stage.ts';

const hour = 3_600_000;

let stage: Stage;
const seen = new Set<string>();

/**
 * A socket without the SDK, which would neither send what is malformed nor give up on what may be retried.
 */
const rawSocket = async (role: 'viewer' | 'creator' | 'service', sub: string, token?: string) => {
  const socket = io(stage.system.gatewayUrls[0]!, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: { token: token ?? (await stage.token(role, sub)) },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('welcome', () => resolve());
    socket.once('connect_error', reject);
  });
  return socket;
};

const sendRaw = async (
  role: 'viewer' | 'creator' | 'service',
  sub: string,
  body: unknown,
): Promise<Refusal> => {
  const socket = await rawSocket(role, sub);
  const answer = await socket.timeout(10_000).emitWithAck('gift:send', body);
  socket.disconnect();
  return answer;
};

const expectRefusal = (answer: object, code: RefusalCode, more: object = {}): void => {
  expect(answer).toMatchObject({ refused: code, retry: refusals[code].retry, ...more });
  expect((answer as Refusal).message).toMatch(/\S/);
  seen.add(code);
};

const expectStatus = (
  answer: { status: number; body: unknown },
  code: RefusalCode,
  more: object = {},
): void => {
  expect(answer.status).toBe(refusals[code].status);
  expectRefusal(answer.body as object, code, more);
};

/** A viewer who may send a gift, and the claim that would book it. */
const ready = async ({ coins = 1, streakable = true, granted = 100 } = {}) => {
  const show = await stage.openLive({ coins, streakable });
  const viewer = `viewer-${v7()}`;
  await stage.grant(viewer, granted);
  return { ...show, viewer, claim: { combo: v7(), live: show.live, gift: show.gift, count: 1 } };
};

const balanceOf = async (viewer: string): Promise<number> =>
  (await stage.ask('GET', `/wallets/${viewer}`)).balance;

beforeAll(async () => {
  const brokenCommit = join(import.meta.dirname, 'broken-commit.mjs');
  stage = await raiseStage({ env: { NODE_OPTIONS: `--import ${brokenCommit}` } });
});
afterAll(() => stage.stop());

describe('every refusal, through the whole system, and nothing booked by it', () => {
  it('invalid: what is not even a claim, with the path of the fault', async () => {
    const { claim, viewer } = await ready();
    const wrong: [unknown, string][] = [
      [undefined, ''],
      ['gift', ''],
      [[], ''],
      [{ ...claim, count: 0 }, 'count'],
      [{ ...claim, count: 1.5 }, 'count'],
      [{ ...claim, count: 10_000 }, 'count'],
      [{ ...claim, combo: 'k1' }, 'combo'],
      [{ ...claim, combo: v4() }, 'combo'],
      [{ ...claim, gift: '' }, 'gift'],
      [{ ...claim, live: { $ne: 1 } }, 'live'],
      [{ ...claim, more: true }, ''],
      [{ ...claim, viewer: 'somebody-else' }, 'viewer'],
    ];
    for (const [body, path] of wrong)
      expectRefusal(await sendRaw('viewer', viewer, body), 'invalid', { path });
    expectRefusal(await sendRaw('service', 'platform', claim), 'invalid', { path: 'viewer' });
    expectStatus(await stage.call('POST', '/grants', { grant: 'g', viewer, coins: -1 }), 'invalid', {
      path: 'coins',
    });
    expect(await balanceOf(viewer)).toBe(100);
  });

  it('unauthenticated: no token, a wrong one, one that expired while the socket was open', async () => {
    for (const token of ['', 'nonsense', await stage.token('viewer', 'v', -10)]) {
      const refused = await rawSocket('viewer', 'v', token).catch((error) => error.data);
      expectRefusal(refused, 'unauthenticated');
    }
    const { claim, viewer } = await ready();
    const socket = await rawSocket('viewer', viewer, await stage.token('viewer', viewer, 1));
    const ended = new Promise((resolve) => socket.once('disconnect', resolve));
    await ended;
    expect(await balanceOf(viewer)).toBe(100);
    expectRefusal(
      claim && ((await stage.call('GET', '/rates', undefined, { role: 'viewer', sub: '' })).body as object),
      'unauthenticated',
    );
  });

  it('forbidden: a creator pays for nobody, a viewer reads no other wallet', async () => {
    const { claim, viewer } = await ready();
    expectRefusal(await sendRaw('creator', 'somebody', claim), 'forbidden');
    const other = { role: 'viewer', sub: 'other' } as const;
    expectStatus(await stage.call('GET', `/wallets/${viewer}`, undefined, other), 'forbidden');
    expectStatus(await stage.call('POST', '/grants', { grant: 'g', viewer, coins: 1 }, other), 'forbidden');
  });

  it('not_found', async () => {
    expectStatus(await stage.call('GET', '/nothing'), 'not_found');
    expectStatus(await stage.call('GET', `/wallets/v/combos/${v7()}`), 'not_found');
  });

  it('combo_belongs_to_another_gift', async () => {
    const { claim, viewer } = await ready();
    const other = await ready();
    const carat = await stage.join('viewer', viewer);
    await carat.claim(claim);
    for (const changed of [{ gift: other.gift }, { live: other.live }]) {
      expectRefusal(await outcome(carat.claim({ ...claim, ...changed })), 'combo_belongs_to_another_gift', {
        combo: { combo: claim.combo, count: 1, coins: 1 },
      });
    }
    expect(await balanceOf(viewer)).toBe(99);
  });

  it('too_many_connections: one viewer from everywhere at once', async () => {
    const viewer = `viewer-${v7()}`;
    const sockets = await Promise.all(Array.from({ length: 10 }, () => rawSocket('viewer', viewer)));
    const refused = await rawSocket('viewer', viewer).catch((error) => error.data);
    expectRefusal(refused, 'too_many_connections', { retryAfterMs: expect.any(Number) });
    sockets.pop()!.disconnect();
    await expect
      .poll(() =>
        rawSocket('viewer', viewer).then(
          (socket) => sockets.push(socket),
          () => 0,
        ),
      )
      .toBe(10);
    const service = await Promise.all(Array.from({ length: 11 }, () => rawSocket('service', viewer)));
    for (const socket of [...sockets, ...service]) socket.disconnect();
  });

  it('too_many_claims: one viewer over all its sockets; later the same claim is booked', async () => {
    const { claim, viewer } = await ready({ granted: 1_000 });
    const sockets = [await rawSocket('viewer', viewer), await rawSocket('viewer', viewer)];
    const claims = Array.from({ length: 128 }, () => ({ ...claim, combo: v7() }));
    const answers = await Promise.all(
      claims.map((each, n) => sockets[n % 2]!.timeout(10_000).emitWithAck('gift:send', each)),
    );
    const refused = answers.findIndex((answer) => answer.refused === 'too_many_claims');
    expectRefusal(answers[refused], 'too_many_claims', { retryAfterMs: expect.any(Number) });
    const booked = answers.filter((answer) => !('refused' in answer)).length;
    expect(booked).toBeGreaterThanOrEqual(100);
    expect(await balanceOf(viewer)).toBe(1_000 - booked);
    await expect
      .poll(() => sockets[0]!.timeout(10_000).emitWithAck('gift:send', claims[refused]))
      .toMatchObject({ count: 1 });
    for (const socket of sockets) socket.disconnect();
  });

  it('overloaded: more claims in flight than a socket may have', async () => {
    const { claim, viewer } = await ready();
    const socket = await rawSocket('viewer', viewer);
    // Refusals wait for a read of the wallet, so these stay in flight together.
    const dear = { ...claim, count: 9_999 };
    const answers: Refusal[] = await Promise.all(
      Array.from({ length: 100 }, () => socket.timeout(10_000).emitWithAck('gift:send', dear)),
    );
    const refused = answers.find((answer) => answer.refused === 'overloaded');
    expectRefusal(refused!, 'overloaded', { retryAfterMs: expect.any(Number) });
    expect(await balanceOf(viewer)).toBe(100);
  });

  it('combo_expired, also for a combo that was never booked', async () => {
    const { claim, viewer } = await ready();
    const carat = await stage.join('viewer', viewer);
    const old = v7({ msecs: Date.now() - hour });
    expectRefusal(await outcome(carat.claim({ ...claim, combo: old })), 'combo_expired');
    expect(await balanceOf(viewer)).toBe(100);
  });

  it('combo_in_the_future', async () => {
    const { claim, viewer } = await ready();
    const carat = await stage.join('viewer', viewer);
    const early = v7({ msecs: Date.now() + hour });
    expectRefusal(await outcome(carat.claim({ ...claim, combo: early })), 'combo_in_the_future');
  });

  it('live_unknown, live_ended, live_exists_already, own_live', async () => {
    const { claim, viewer, live, creator } = await ready();
    const carat = await stage.join('viewer', viewer);
    expectRefusal(await outcome(carat.claim({ ...claim, live: 'none' })), 'live_unknown');
    expectStatus(await stage.call('POST', '/lives', { live, creator: 'other' }), 'live_exists_already');
    await stage.grant(creator, 10);
    const own = await stage.join('viewer', creator);
    expectRefusal(await outcome(own.claim(claim)), 'own_live');
    await stage.ask('POST', `/lives/${live}/end`);
    await expect
      .poll(async () => (await outcome(carat.claim({ ...claim, combo: v7() }))) as Refusal, {
        timeout: 3_000,
      })
      .toMatchObject({ refused: 'live_ended' });
    expectRefusal(await outcome(carat.claim({ ...claim, combo: v7() })), 'live_ended');
    expect(await balanceOf(creator)).toBe(10);
  });

  it('viewer_blocked, from when the block is in force until it is taken back', async () => {
    const { claim, viewer, live, creator } = await ready();
    const socket = await rawSocket('viewer', viewer);
    const send = () => socket.timeout(10_000).emitWithAck('gift:send', { ...claim, combo: v7() });
    expect(await send()).toMatchObject({ count: 1 });
    const as = { role: 'creator', sub: creator } as const;
    await stage.ask('POST', `/lives/${live}/blocks`, { viewer }, as);
    await expect.poll(send, { timeout: 3_000 }).toMatchObject({ refused: 'viewer_blocked' });
    const { balance } = await stage.ask('GET', `/wallets/${viewer}`);
    expectRefusal(await send(), 'viewer_blocked');
    expect(await balanceOf(viewer)).toBe(balance);
    await stage.ask('DELETE', `/lives/${live}/blocks/${viewer}`, undefined, as);
    // A refusal never rests on what was read before the claim came.
    expect(await send()).toMatchObject({ count: 1 });
    socket.disconnect();
  });

  it('too_many_blocked; whoever is blocked still is', async () => {
    const { claim, live, creator } = await ready();
    const store = await openEventStore(stage.system.eventStore);
    const blocked = Array.from({ length: maxBlockedPerLive }, (_, n) => `blocked-${n}`);
    for (let n = 0; n < blocked.length; n += 500) {
      const events = blocked.slice(n, n + 500).map((viewer) => ({
        id: v7(),
        type: 'ViewerBlocked',
        data: { live, creator, viewer, by: creator, at: Date.now() },
      }));
      await store.append([{ stream: streams.live(live), expected: n, events }]);
    }
    await store.close();
    expectStatus(
      await stage.call('POST', `/lives/${live}/blocks`, { viewer: 'one-more' }),
      'too_many_blocked',
    );
    await stage.grant(blocked[5_000]!, 1);
    expectRefusal(await sendRaw('viewer', blocked[5_000]!, claim), 'viewer_blocked');
  });

  it('gift_unknown, gift_retired, gift_is_not_streakable', async () => {
    const { claim, viewer, gift } = await ready({ streakable: false });
    const carat = await stage.join('viewer', viewer);
    expectRefusal(await outcome(carat.claim({ ...claim, gift: 'none' })), 'gift_unknown');
    expectRefusal(await outcome(carat.claim({ ...claim, count: 2 })), 'gift_is_not_streakable');
    await stage.ask('POST', `/catalogue/${gift}/retire`);
    await expect
      .poll(async () => (await outcome(carat.claim({ ...claim, combo: v7() }))) as Refusal, {
        timeout: 3_000,
      })
      .toMatchObject({ refused: 'gift_retired' });
    expectRefusal(await outcome(carat.claim({ ...claim, combo: v7() })), 'gift_retired');
  });

  it('too_many_combos: none is forgotten to make room', async () => {
    const { claim, viewer } = await ready({ granted: 20_000 });
    const service = await rawSocket('service', 'platform');
    const claims = Array.from({ length: 10_000 }, () => ({ ...claim, viewer, combo: v7() }));
    for (let from = 0; from < claims.length; from += 500) {
      const answers = await Promise.all(
        claims.slice(from, from + 500).map((each) => service.timeout(20_000).emitWithAck('gift:send', each)),
      );
      expect(answers.filter((answer) => 'refused' in answer)).toEqual([]);
    }
    expectRefusal(
      await service.emitWithAck('gift:send', { ...claim, viewer, combo: v7() }),
      'too_many_combos',
    );
    expect(await service.emitWithAck('gift:send', claims[0])).toMatchObject({ count: 1, balance: 10_000 });
    service.disconnect();
  });

  it('wallet_has_too_few_coins, with what it can pay for', async () => {
    const { claim, viewer } = await ready({ coins: 30 });
    const carat = await stage.join('viewer', viewer);
    expectRefusal(await outcome(carat.claim({ ...claim, count: 4 })), 'wallet_has_too_few_coins', {
      affordable: 3,
    });
    expect(await balanceOf(viewer)).toBe(100);
  });

  it('wallet_is_full, grant_belongs_to_another_wallet', async () => {
    const viewer = `viewer-${v7()}`;
    const most = 1_000_000_000_000;
    for (let n = 0; n < 1_000; n += 50) {
      await Promise.all(
        Array.from({ length: 50 }, () => stage.ask('POST', '/grants', { grant: v7(), viewer, coins: most })),
      );
    }
    const grant = { grant: v7(), viewer, coins: 1 };
    expectStatus(await stage.call('POST', '/grants', grant), 'wallet_is_full');
    const made = { grant: v7(), viewer: 'poor', coins: 1 };
    await stage.ask('POST', '/grants', made);
    expectStatus(
      await stage.call('POST', '/grants', { ...made, coins: 2 }),
      'grant_belongs_to_another_wallet',
    );
  });

  it('rate_begins_in_the_past', async () => {
    const rate = { millidiamondsPerCoin: 900, from: Date.now() - hour };
    expectStatus(await stage.call('POST', '/rates', rate), 'rate_begins_in_the_past');
  });

  it('board_unknown, board_retired, board_exists_already, too_many_boards', async () => {
    const define = (board: string, by = 'viewer') => stage.call('POST', '/boards', { board, by });
    expect((await define('first')).status).toBe(201);
    expectStatus(await define('first', 'creator'), 'board_exists_already');
    expectStatus(await stage.call('POST', '/boards/nothing/retire'), 'board_unknown');
    for (let n = 1; n < largest.boards; n++) expect((await define(`b${n}`)).status).toBe(201);
    expectStatus(await define('one-more'), 'too_many_boards');
    await stage.ask('POST', '/boards/first/retire');
    expectStatus(await define('first'), 'board_retired');
    expectStatus(await stage.call('GET', '/boards/first'), 'board_retired');
  });

  it('outcome_unknown: a commit that fails, again and again; the same claim then books once', async () => {
    const { claim, viewer } = await ready();
    const socket = await rawSocket('viewer', viewer);
    const flag = `${stage.system.eventStore.replace('sqlite:', '')}-break-commits`;
    await writeFile(flag, '');
    expectRefusal(await socket.timeout(20_000).emitWithAck('gift:send', claim), 'outcome_unknown', {
      retryAfterMs: expect.any(Number),
    });
    await rm(flag);
    expect(await socket.timeout(20_000).emitWithAck('gift:send', claim)).toMatchObject({
      count: 1,
      balance: 99,
    });
    socket.disconnect();
  });

  it('were all of the closed list but those of money', () => {
    const elsewhere = [...moneyRefusals, ...unansweredRefusals];
    const here = refusalCodes.filter((code) => !elsewhere.includes(code));
    expect([...seen].sort()).toEqual([...here].sort());
  });
});
