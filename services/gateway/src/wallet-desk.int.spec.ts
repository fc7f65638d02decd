import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grantCoins, initialWallet, streams } from '@carat/domain';
import { type EventStore, EventStoreError, openEventStore } from '@carat/event-store';
import type { Claim, Receipt, Refusal } from '@carat/protocol';
import { type Clock, createLogger, createMetrics } from '@carat/service-kit';
import { v4, v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGatewayMetrics } from './metrics.ts';
import { openReference, type Reference } from './reference.ts';
import { type DeskDependencies, WalletDesk } from './wallet-desk.ts';
import { readWallet } from './wallet-reading.ts';
import { openWallets, type Wallets } from './wallets.ts';

const log = createLogger({ service: 'test', level: 'silent' });

type Gateway = DeskDependencies & {
  reference: Reference;
  wallets: Wallets;
  clock: Clock & { offsetMs: number };
};

let folder: string;
let gateways: Gateway[];

/** A gateway without sockets: its own connection to the log, its own clock, its own caches. */
const openGateway = async (wrap = (store: EventStore): EventStore => store): Promise<Gateway> => {
  const store = wrap(await openEventStore(`sqlite:${join(folder, 'carat.db')}`));
  const clock = { offsetMs: 0, now: () => Date.now() + clock.offsetMs };
  const reference = await openReference({ store, log });
  const metrics = createGatewayMetrics(createMetrics('test'));
  const dependencies = { store, reference, clock, log, metrics, unfit: () => undefined };
  const gateway = { ...dependencies, wallets: openWallets(dependencies) };
  gateways.push(gateway);
  return gateway;
};

const send = ({ wallets }: Gateway, claim: Partial<Claim>, viewer = 'v1'): Promise<Receipt | Refusal> =>
  new Promise((resolve) =>
    wallets.submit(viewer, { combo: v7(), live: 'l1', gift: 'g1', count: 1, ...claim }, resolve),
  );

const append = async (store: EventStore, stream: string, ...events: { type: string; data: object }[]) => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const expected = page.exists ? page.last : 'no_stream';
  const stored = events.map(({ type, data }) => ({ id: v4(), type, data: { ...data } }));
  const result = await store.append([{ stream, expected, events: stored }]);
  expect(result.appended).toBe(true);
};

const grant = async (store: EventStore, coins: number, viewer = 'v1'): Promise<void> => {
  for (;;) {
    const { wallet, head } = await readWallet(store, viewer, Date.now());
    const command = { grant: v4(), viewer, coins, by: 'test', now: Date.now() };
    const decision = grantCoins(command, { ...initialWallet, ...wallet }, undefined);
    if (decision.refused) throw new Error(decision.refusal.refused);
    const [{ made, granted }] = decision.events as [(typeof decision.events)[0]];
    const result = await store.append([
      { stream: streams.grant(command.grant), expected: 'no_stream', events: [{ id: v4(), ...made }] },
      { stream: streams.wallet(viewer), expected: head, events: [{ id: v4(), ...granted }] },
    ]);
    if (result.appended) return;
  }
};

const listed = (gift: string, coins: number) => ({
  type: 'GiftListed',
  data: { gift, name: gift, coins, streakable: true, by: 'test', at: Date.now() },
});

beforeEach(async () => {
  gateways = [];
  folder = await mkdtemp(join(tmpdir(), 'carat-gateway-'));
  const store = await openEventStore(`sqlite:${join(folder, 'carat.db')}`);
  await append(store, 'catalogue', listed('g1', 2));
  const started = { live: 'l1', creator: 'c1', title: null, by: 'test', at: Date.now() };
  await append(store, 'live-l1', { type: 'LiveStarted', data: started });
  await store.close();
});

afterEach(async () => {
  for (const { reference, store } of gateways) {
    reference.close();
    await store.close();
  }
  await rm(folder, { recursive: true });
});

describe('a wallet', () => {
  it('books, and repeats what it answered', async () => {
    const gateway = await openGateway();
    await grant(gateway.store, 100);
    const combo = v7();
    const first = await send(gateway, { combo, count: 3 });
    expect(first).toEqual({
      combo,
      count: 3,
      coins: 6,
      millidiamonds: 6_000,
      balance: 94,
      position: expect.stringMatching(/^\d+$/),
      at: expect.any(Number),
    });
    expect(await send(gateway, { combo, count: 2 })).toEqual(first);
    expect(await send(gateway, { combo, count: 5 })).toMatchObject({ count: 5, coins: 10, balance: 90 });
  });

  it('sends nothing to a frozen creator, and costs nothing; what was booked is still answered', async () => {
    const gateway = await openGateway();
    await grant(gateway.store, 100);
    const combo = v7();
    const first = await send(gateway, { combo, count: 3 });
    const said = { creator: 'c1', reason: 'a check', by: 'test', at: Date.now() };
    const stream = streams.standing('c1');
    await append(gateway.store, stream, { type: 'CreatorFrozen', data: { ...said, until: null } });
    await gateway.reference.catchUp();
    const refused = { refused: 'creator_takes_no_gifts', retry: false };
    expect(await send(gateway, {})).toMatchObject(refused);
    expect(await send(gateway, { combo, count: 4 })).toMatchObject({
      ...refused,
      combo: { combo, count: 3 },
    });
    expect(await send(gateway, { combo, count: 3 })).toEqual(first);
    await append(gateway.store, stream, { type: 'CreatorReleased', data: said });
    // The gateway has not heard of the release yet, and must not refuse by what it knew before.
    expect(await send(gateway, { combo, count: 4 })).toMatchObject({ count: 4, balance: 92 });
  });

  it('answers claims that wait for one append with the combo as it stands after it', async () => {
    const gateway = await openGateway();
    await grant(gateway.store, 100);
    const combo = v7();
    const answers = await Promise.all([1, 4, 2, 7, 7].map((count) => send(gateway, { combo, count })));
    const counts = answers.map((answer) => ('count' in answer ? answer.count : 0));
    expect(counts.slice(1)).toEqual([7, 7, 7, 7]);
    expect(answers.at(-1)).toMatchObject({ coins: 14, balance: 86 });
  });

  it('two gateways spend at once, coins granted in between: nothing twice, nothing refused', async () => {
    const [one, two] = [await openGateway(), await openGateway()];
    await grant(one.store, 20);
    const sent: Promise<Receipt | Refusal>[] = [];
    const combos = Array.from({ length: 100 }, () => v7());
    for (const [n, combo] of combos.entries()) {
      sent.push(send(one, { combo, count: 1 }), send(two, { combo, count: 2 }));
      if (n % 10 === 0) await grant(one.store, 40);
    }
    const answers = await Promise.all(sent);
    expect(answers.filter((answer) => 'refused' in answer)).toEqual([]);
    const { wallet } = await readWallet(one.store, 'v1', Date.now());
    expect(wallet.balance).toBe(20 + 10 * 40 - 100 * 2 * 2);
  });

  it('is never refused on an old balance: a grant elsewhere is seen first', async () => {
    const [one, two] = [await openGateway(), await openGateway()];
    expect(await send(one, {})).toMatchObject({ refused: 'wallet_has_too_few_coins', affordable: 0 });
    await grant(two.store, 2);
    expect(await send(one, {})).toMatchObject({ count: 1, balance: 0 });
    expect(await send(one, {})).toMatchObject({ refused: 'wallet_has_too_few_coins', retry: false });
  });

  it('never goes below zero, however many claims come at once', async () => {
    const [one, two] = [await openGateway(), await openGateway()];
    await grant(one.store, 50);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => send(n % 2 ? one : two, { combo: v7(), count: 1 })),
    );
    expect(answers.filter((answer) => 'count' in answer)).toHaveLength(25);
    expect((await readWallet(one.store, 'v1', Date.now())).wallet.balance).toBe(0);
  });

  it('knows a combo that another gateway booked, also where it would refuse it as expired', async () => {
    const [one, two] = [await openGateway(), await openGateway()];
    await grant(one.store, 50);
    two.wallets.load('v1');
    const combo = v7();
    const receipt = await send(one, { combo, count: 2 });
    two.clock.offsetMs = 15.5 * 60_000;
    expect(await send(two, { combo, count: 2 })).toEqual(receipt);
    expect(await send(two, { combo, count: 3 })).toMatchObject({
      refused: 'combo_expired',
      combo: { count: 2 },
    });
    expect(await send(two, { combo: v7() })).toMatchObject({ refused: 'combo_expired' });
  });
});

describe('time', () => {
  it('that passed while a wallet was idle: old combos expired, new ones are booked', async () => {
    const gateway = await openGateway();
    await grant(gateway.store, 10);
    const combo = v7();
    await send(gateway, { combo });
    gateway.clock.offsetMs = 17 * 60_000;
    const fresh = v7({ msecs: gateway.clock.now() });
    const [old, booked, again] = await Promise.all([
      send(gateway, { combo }),
      send(gateway, { combo: fresh }),
      send(gateway, { combo }),
    ]);
    expect(old).toMatchObject({ refused: 'combo_expired' });
    expect(booked).toMatchObject({ combo: fresh, count: 1, balance: 6 });
    expect(again).toMatchObject({ refused: 'combo_expired' });
  });

  it('that passed while a wallet rests lets its combos go, and nothing else', async () => {
    const gateway = await openGateway();
    await grant(gateway.store, 10);
    const desk = new WalletDesk('v1', gateway);
    const claim = (combo: string) => ({ combo, live: 'l1', gift: 'g1', count: 1 });
    const sendTo = (combo: string) => new Promise((resolve) => desk.submit(claim(combo), resolve));
    const first = v7();
    const receipt = await sendTo(first);
    desk.passTime(Date.now());
    expect(desk.combos).toBe(1);
    expect(await sendTo(first)).toEqual(receipt);
    gateway.clock.offsetMs = 17 * 60_000;
    await vi.waitFor(() => {
      desk.passTime(gateway.clock.now());
      expect(desk.combos).toBe(0);
    });
    expect(await sendTo(first)).toMatchObject({ refused: 'combo_expired' });
    expect(await sendTo(v7({ msecs: gateway.clock.now() }))).toMatchObject({ balance: 6 });
  });

  it('that stands still, as after a clock was set back, keeps no refusal waiting', async () => {
    const gateway = await openGateway();
    const now = Date.now();
    gateway.clock.now = () => now;
    for (let n = 0; n < 3; n++) {
      expect(await send(gateway, {})).toMatchObject({ refused: 'wallet_has_too_few_coins' });
    }
  });
});

describe('what a decision looks up', () => {
  it('is followed: a live that ended, a gift that was listed, a price that changed', async () => {
    const gateway = await openGateway();
    await grant(gateway.store, 100);
    await append(gateway.store, 'catalogue', listed('g2', 7));
    expect(await send(gateway, { gift: 'g2' })).toMatchObject({ coins: 7 });
    expect(await send(gateway, { live: 'l2' })).toMatchObject({ refused: 'live_unknown' });
    await append(gateway.store, 'live-l1', {
      type: 'LiveEnded',
      data: { live: 'l1', creator: 'c1', by: 'test', at: Date.now() },
    });
    await expect.poll(() => gateway.reference.live('l1')?.status, { timeout: 2_000 }).toBe('ended');
    expect(await send(gateway, {})).toMatchObject({ refused: 'live_ended', retry: false });
  });
});

describe('an append whose outcome nobody knows', () => {
  /** Writes, or not, and then says that nobody knows. */
  const unsure = (store: EventStore, times: { left: number }, writes: boolean): EventStore => ({
    readStream: (stream, read) => store.readStream(stream, read),
    readAll: (read) => store.readAll(read),
    head: () => store.head(),
    eventAt: (position) => store.eventAt(position),
    onMore: (listener) => store.onMore(listener),
    close: () => store.close(),
    append: async (all) => {
      if (times.left === 0 || !all[0]?.stream.startsWith('wallet-')) return store.append(all);
      times.left--;
      if (writes) await store.append(all);
      throw new EventStoreError('outcome_unknown', 'cut in the middle');
    },
  });

  it.each([true, false])('is sent again as it was, and booked once (written: %s)', async (writes) => {
    const times = { left: 0 };
    const gateway = await openGateway((store) => unsure(store, times, writes));
    await grant(gateway.store, 10);
    times.left = 1;
    expect(await send(gateway, { count: 3 })).toMatchObject({ count: 3, balance: 4 });
    expect((await readWallet(gateway.store, 'v1', Date.now())).wallet.balance).toBe(4);
  });

  it('is answered so where it stays unknown, and the same claim again books it once', async () => {
    const times = { left: 0 };
    const gateway = await openGateway((store) => unsure(store, times, true));
    await grant(gateway.store, 10);
    times.left = 100;
    const combo = v7();
    expect(await send(gateway, { combo, count: 3 })).toMatchObject({
      refused: 'outcome_unknown',
      retry: true,
    });
    times.left = 0;
    expect(await send(gateway, { combo, count: 3 })).toMatchObject({ count: 3, balance: 4 });
  });
});
