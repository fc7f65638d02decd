import { refuse } from '@carat/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Carat } from './carat.ts';
import { connect } from './connect.ts';
import { startGateway, type TestGateway } from './gateway.fixture.ts';
import type { Limits } from './limits.ts';

const quick = { firstRetryMs: 10, longestRetryMs: 40, longestReconnectMs: 50, drainMs: 200 };
const soon = { timeout: 5_000, interval: 5 };

let gateway: TestGateway;
let opened: Carat[] = [];

const open = async (limits: Partial<Limits> = {}, token: Parameters<typeof connect>[0]['token'] = 't') => {
  const carat = await connect({ url: gateway.url, token, limits: { ...quick, ...limits } });
  opened.push(carat);
  return carat;
};

const gift = { live: 'l', gift: 'rose' };
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: { code?: unknown }) => error.code,
  );

beforeEach(async () => {
  gateway = await startGateway();
});

afterEach(async () => {
  await Promise.all(opened.map((carat) => carat.close()));
  opened = [];
  await gateway.close();
});

describe('connecting', () => {
  it('resolves when welcomed, with the server’s time and a combo id of that time', async () => {
    gateway.now = () => Date.now() + 3_600_000;
    const carat = await open();
    expect(carat.welcome).toMatchObject({ sub: 'v', maxClaimsInFlight: 4 });
    expect(Math.abs(carat.serverNow() - gateway.now())).toBeLessThan(1_000);
    const told = Number.parseInt(carat.newComboId().replace('-', '').slice(0, 12), 16);
    expect(Math.abs(told - gateway.now())).toBeLessThan(1_000);
  });

  it('rejects at once on a final refusal, which is the cause', async () => {
    gateway.door = () => refuse('unauthenticated');
    const failed = await open().catch((error: unknown) => error);
    expect(failed).toMatchObject({
      name: 'CaratError',
      code: 'connect_failed',
      cause: { code: 'unauthenticated' },
    });
    expect(gateway.tokens).toEqual(['t']);
  });

  it('goes on trying while the gateway is overloaded, and asks for the token each time', async () => {
    let asked = 0;
    gateway.door = () => (gateway.tokens.length < 3 ? refuse('overloaded') : undefined);
    await open({}, async () => `token-${++asked}`);
    expect(gateway.tokens).toEqual(['token-1', 'token-2', 'token-3']);
  });

  it('tries again where no token could be had', async () => {
    let asked = 0;
    await open({}, () => {
      asked += 1;
      return asked < 3 ? Promise.reject(new Error('sign in first')) : 'third';
    });
    expect(gateway.tokens).toEqual(['third']);
  });

  it('rejects when nobody answers or nobody welcomes it', async () => {
    gateway.welcome = false;
    expect(await codeOf(open({ connectTimeoutMs: 100 }))).toBe('connect_failed');
    await gateway.close();
    const refused = await open({ connectTimeoutMs: 100 }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'connect_failed', cause: { message: 'websocket error' } });
    gateway = await startGateway();
  });

  it('comes back after a gateway ended it, died, refused it for a while, and was started again', async () => {
    const carat = await open();
    const connects = vi.fn();
    carat.on('connect', connects);
    gateway.io.disconnectSockets(true);
    await vi.waitFor(() => expect(connects).toHaveBeenCalledTimes(1), soon);

    const { port } = gateway;
    await gateway.close();
    await vi.waitFor(() => expect(carat.connected).toBe(false), soon);
    gateway = await startGateway({ port });
    gateway.door = () => (gateway.tokens.length < 3 ? refuse('unauthenticated') : undefined);
    await vi.waitFor(() => expect(connects).toHaveBeenCalledTimes(2), soon);

    const failures = vi.fn();
    carat.on('connect_failed', failures);
    gateway.door = () => refuse('unauthenticated');
    gateway.io.disconnectSockets(true);
    await vi.waitFor(
      () => expect(failures.mock.calls[0]?.[0]).toMatchObject({ refusal: { retry: false } }),
      soon,
    );
    await gateway.close();
    await vi.waitFor(() => expect(failures.mock.lastCall?.[0].refusal).toBeUndefined(), soon);
    gateway = await startGateway({ port });
    await vi.waitFor(() => expect(connects).toHaveBeenCalledTimes(3), soon);
  });

  it('leaves a gateway that takes it back but does not welcome it', async () => {
    const carat = await open({ connectTimeoutMs: 100 });
    gateway.welcome = false;
    gateway.cutAll();
    await vi.waitFor(() => expect(gateway.tokens).toHaveLength(2), soon);
    gateway.welcome = true;
    await vi.waitFor(() => expect(carat.connected).toBe(true), soon);
    expect(gateway.tokens.length).toBeGreaterThan(2);
  });

  it('tells a renewed token, and connects with it later', async () => {
    const carat = await open();
    await carat.renew('second');
    expect(gateway.renewed).toEqual(['second']);
    gateway.cutAll();
    await vi.waitFor(() => expect(gateway.tokens).toEqual(['t', 'second']), soon);
  });
});

describe('claims', () => {
  it('are sent as they are, one combo’s in the order of the calls, also where counts go down', async () => {
    const carat = await open();
    const combo = carat.newComboId();
    const counts = [3, 1, 5, 5, 2];
    const receipts = await Promise.all(counts.map((count) => carat.claim({ combo, ...gift, count })));
    expect(gateway.arrived.map(({ count }) => count)).toEqual(counts);
    expect(receipts.map(({ count }) => count)).toEqual([3, 3, 5, 5, 5]);
    expect(carat.awaited).toBe(0);
  });

  it('survive cuts before and after the booking, each sent again as it was', async () => {
    gateway.script = (_claim, nth) =>
      nth % 7 === 3 ? 'cut_before' : nth % 7 === 5 ? 'cut_after' : undefined;
    const carat = await open();
    const combos = Array.from({ length: 6 }, () => carat.newComboId());
    const claims = combos.flatMap((combo) => [2, 1, 4].map((count) => ({ combo, ...gift, count })));
    const receipts = await Promise.all(claims.map((claim) => carat.claim(claim)));
    receipts.forEach((receipt, at) => {
      expect(receipt).toMatchObject({ combo: claims[at]?.combo });
      expect(receipt.count).toBeGreaterThanOrEqual(claims[at]?.count ?? 99);
    });
    expect([...gateway.combos.values()]).toEqual(combos.map(() => 4));
    expect(gateway.booked).toBe(24);
    for (const combo of combos) {
      const arrived = gateway.arrived.filter((claim) => claim.combo === combo).map(({ count }) => count);
      expect(arrived.filter((count, at) => count !== arrived[at - 1])).toEqual([2, 1, 4]);
    }
  });

  it('whose acknowledgement is lost are sent again, and stay within what may be in flight', async () => {
    gateway.script = (_claim, nth) => (nth <= 6 ? 'no_answer' : undefined);
    const carat = await open({ answerTimeoutMs: 60 });
    const claims = Array.from({ length: 12 }, () => ({ combo: carat.newComboId(), ...gift, count: 2 }));
    await Promise.all(claims.map((claim) => carat.claim(claim)));
    expect(gateway.booked).toBe(24);
    expect(gateway.mostInFlight).toBe(4);
    expect(gateway.tokens.length).toBeGreaterThan(1);
  });

  it('are never more in flight than welcomed, one per combo', async () => {
    gateway.delayMs = () => 5;
    const carat = await open();
    const combos = Array.from({ length: 10 }, () => carat.newComboId());
    await Promise.all(
      combos.flatMap((combo) => [1, 2].map((count) => carat.claim({ combo, ...gift, count }))),
    );
    expect(gateway.mostInFlight).toBe(4);
    expect(gateway.booked).toBe(20);
  });

  it('get their own receipts when the answers come in another order', async () => {
    gateway.delayMs = (nth) => 20 - nth;
    const carat = await open();
    const claims = Array.from({ length: 12 }, (_, at) => ({
      combo: carat.newComboId(),
      ...gift,
      count: at + 1,
    }));
    const receipts = await Promise.all(claims.map((claim) => carat.claim(claim)));
    expect(receipts.map(({ combo, count }) => ({ combo, count }))).toEqual(
      claims.map(({ combo, count }) => ({ combo, count })),
    );
  });

  it('are sent again when refused for the moment, and given up when that goes on', async () => {
    gateway.script = (_claim, nth) => (nth <= 3 ? refuse('overloaded', { retryAfterMs: 20 }) : undefined);
    const carat = await open({ giveUpAfterMs: 400 });
    const claim = { combo: carat.newComboId(), ...gift, count: 1 };
    expect(await carat.claim(claim)).toMatchObject({ count: 1 });
    expect(gateway.arrived).toEqual([claim, claim, claim, claim]);

    gateway.script = () => refuse('outcome_unknown');
    const given = await carat.claim(claim).catch((error: unknown) => error);
    expect(given).toMatchObject({ code: 'gave_up', cause: { code: 'outcome_unknown' } });
  });

  it('are rejected with the refusal when it is final, those behind them are sent', async () => {
    gateway.script = ({ count }) => (count === 2 ? refuse('live_ended') : undefined);
    const carat = await open();
    const combo = carat.newComboId();
    const all = [1, 2, 3].map((count) => codeOf(carat.claim({ combo, ...gift, count })));
    expect(await Promise.all(all)).toEqual(['resolved', 'live_ended', 'resolved']);
    expect(gateway.arrived).toHaveLength(3);
  });

  it('wait while offline, are given up in time, and leave nothing behind', async () => {
    const carat = await open({ giveUpAfterMs: 150 });
    await gateway.close();
    const claim = { combo: carat.newComboId(), ...gift, count: 1 };
    expect(await codeOf(carat.claim(claim))).toBe('gave_up');
    expect(carat.awaited).toBe(0);
    gateway = await startGateway({ port: gateway.port });
    await vi.waitFor(() => expect(carat.connected).toBe(true), soon);
    expect(gateway.arrived).toEqual([]);
  });

  it('are answered before a close, or rejected by it', async () => {
    const carat = await open();
    const answered = carat.claim({ combo: carat.newComboId(), ...gift, count: 1 });
    await carat.close();
    expect(await answered).toMatchObject({ count: 1 });
    expect(await codeOf(carat.claim({ combo: carat.newComboId(), ...gift, count: 1 }))).toBe('closed');

    gateway.script = () => 'no_answer';
    const other = await open();
    const never = codeOf(other.claim({ combo: other.newComboId(), ...gift, count: 1 }));
    await other.close();
    expect(await never).toBe('closed');
    await vi.waitFor(() => expect(gateway.io.engine.clientsCount).toBe(0), soon);
  });
});

describe('taps', () => {
  it('merge while a claim is in flight; each is answered by a receipt of at least its count', async () => {
    const carat = await open();
    const combo = carat.send(gift);
    const receipts = await Promise.all(Array.from({ length: 50 }, () => combo.tap()));
    expect(gateway.arrived.map(({ count }) => count)).toEqual([1, 50]);
    receipts.forEach((receipt, at) => {
      expect(receipt.count).toBeGreaterThan(at);
    });
    expect(combo).toMatchObject({ count: 50, receipt: { count: 50, combo: combo.id } });
    expect(await combo.reach(7)).toEqual(combo.receipt);
    expect(gateway.arrived).toHaveLength(2);
  });

  it('that are too many wait and merge: little is sent, everything booked', async () => {
    let free = 2;
    gateway.script = () => (free-- > 0 ? undefined : refuse('too_many_claims', { retryAfterMs: 30 }));
    const refill = setInterval(() => {
      free = 1;
    }, 40);
    const carat = await open();
    const combo = carat.send(gift);
    const receipts: unknown[] = [];
    for (let tap = 1; tap <= 30; tap++) {
      void combo.tap().then((receipt) => receipts.push(receipt));
      await new Promise(setImmediate);
    }
    await vi.waitFor(() => expect(receipts).toHaveLength(30), soon);
    clearInterval(refill);
    expect([combo.receipt?.count, gateway.booked]).toEqual([30, 30]);
    expect(gateway.arrived.length).toBeLessThan(15);
  });

  it('lose nothing and book nothing twice over cuts and overload', async () => {
    gateway.script = (_claim, nth) =>
      nth % 5 === 2 ? 'cut_after' : nth % 5 === 3 ? refuse('overloaded', { retryAfterMs: 20 }) : undefined;
    const carat = await open();
    const combo = carat.send(gift);
    for (let round = 1; round <= 6; round += 1) {
      const taps = Array.from({ length: 10 }, () => combo.tap());
      expect(await taps.at(-1)).toMatchObject({ count: 10 * round });
    }
    expect(gateway.combos).toEqual(new Map([[combo.id, 60]]));
    expect(gateway.booked).toBe(60);
  });

  it('the wallet can pay for are booked, the rest rejected; the next tap begins a new combo', async () => {
    gateway.script = ({ count }) =>
      count > 6 ? refuse('wallet_has_too_few_coins', { affordable: 6 }) : undefined;
    const carat = await open();
    const combo = carat.send(gift);
    const first = combo.id;
    const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(combo.tap())));
    const refused = Array<string>(4).fill('wallet_has_too_few_coins');
    expect(codes).toEqual([...Array<string>(6).fill('resolved'), ...refused]);
    expect(gateway.arrived.map(({ count }) => count)).toEqual([1, 10, 6]);
    expect(await combo.tap()).toMatchObject({ count: 1 });
    expect(combo.id).not.toBe(first);
    expect([...gateway.combos.values()]).toEqual([6, 1]);
  });

  it('may be thrown away, refused or not', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    gateway.script = () => refuse('gift_unknown');
    const carat = await open();
    const combo = carat.send(gift);
    void combo.tap();
    await vi.waitFor(() => expect(gateway.arrived).toHaveLength(1), soon);
    expect(await codeOf(combo.tap())).toBe('gift_unknown');
    await new Promise(setImmediate);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('the outbox', () => {
  it('rejects what is beyond its bounds, keeps and counts nothing of it', async () => {
    const carat = await open({ answersAwaited: 3, combosWaiting: 2 });
    gateway.delayMs = () => 10;
    const combo = carat.send(gift);
    const kept = [combo.tap(), combo.tap(), combo.tap()];
    expect(await codeOf(combo.tap())).toBe('outbox_full');
    expect(combo.count).toBe(3);
    await Promise.all(kept);
    const [one, two, three] = [carat.send(gift), carat.send(gift), carat.send(gift)];
    const answers = await Promise.all([one, two, three].map((builder) => codeOf(builder.tap())));
    expect(answers).toEqual(['resolved', 'resolved', 'outbox_full']);
    expect(gateway.booked).toBe(5);
  });
});
