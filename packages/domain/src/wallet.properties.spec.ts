import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comboTimes, listCombos } from './combos.ts';
import type { WalletEvent } from './events.ts';
import {
  evolveWallet,
  initialWallet,
  rememberedSince,
  sendGift,
  type Wallet,
  walletFromNewest,
} from './wallet.ts';

const start = 1_795_000_000_000;
const live = {
  status: 'running',
  live: 'l1',
  creator: 'c1',
  title: null,
  startedAt: start,
  endedAt: null,
  goal: null,
  blocked: new Set<string>(),
} as const;
const comboAt = (at: number, n: number) => {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`;
};

type Claim = { combo: string; count: number; gift: number };

const decide = (claim: Claim, wallet: Wallet, now: number, rate = 1_000) =>
  sendGift(
    {
      viewer: 'v1',
      combo: claim.combo,
      count: claim.count,
      liveId: 'l1',
      giftId: `g${claim.gift}`,
      live,
      gift: { gift: `g${claim.gift}`, name: 'g', coins: claim.gift + 1, streakable: true, retired: false },
      rate,
      now,
    },
    wallet,
  );

const granted = (balance: number): WalletEvent => ({
  type: 'CoinsGranted',
  data: { grant: 'gr', viewer: 'v1', coins: balance, at: start, after: { balance } },
});

/** Books what can be booked; the log it leaves. */
const play = (claims: readonly Claim[], balance: number): WalletEvent[] => {
  const log = [granted(balance)];
  let wallet = evolveWallet(initialWallet, log[0]!);
  for (const claim of claims) {
    const decision = decide(claim, wallet, start);
    for (const event of decision.refused ? [] : decision.events) {
      log.push(event);
      wallet = evolveWallet(wallet, event);
      expect(wallet.balance).toBeGreaterThanOrEqual(0);
    }
  }
  return log;
};

const totals = (log: readonly WalletEvent[]) => {
  const sum = { coins: 0, millidiamonds: 0, booked: 0 };
  for (const event of log) {
    if (event.type !== 'GiftSent') continue;
    sum.coins += event.data.coins;
    sum.millidiamonds += event.data.millidiamonds;
    sum.booked += event.data.booked;
  }
  return sum;
};

const claims = fc.array(
  fc
    .record({ n: fc.nat(5), count: fc.integer({ min: 1, max: 50 }) })
    .map(({ n, count }): Claim => ({ combo: comboAt(start, n), count, gift: n % 3 })),
  { maxLength: 40 },
);

describe('whatever way claims come', () => {
  it('repeated, reordered or duplicated they book the same totals', () => {
    const delivered = claims.chain((sent) =>
      fc.tuple(
        fc.constant(sent),
        fc.shuffledSubarray([...sent, ...sent], { minLength: sent.length * 2, maxLength: sent.length * 2 }),
      ),
    );
    fc.assert(
      fc.property(delivered, ([sent, shuffled]) => {
        expect(totals(play(shuffled, 1e9))).toEqual(totals(play(sent, 1e9)));
      }),
    );
  });

  it('no wallet goes below zero, and what it spent is what was booked', () => {
    fc.assert(
      fc.property(claims, fc.nat(200), (sent, balance) => {
        const log = play(sent, balance);
        expect(log.at(-1)!.data.after.balance).toBe(balance - totals(log).coins);
      }),
    );
  });
});

/**
 * A gateway with a clock and a copy of the wallet of its own, which it brings up to date before it decides.
 */
type Gateway = { offset: number; clock: number; wallet: Wallet; read: number };

const step = fc.record({
  gateway: fc.nat(2),
  passedMs: fc.oneof(fc.nat(1_000), fc.nat(9 * 60_000)),
  combo: fc.nat(6),
  count: fc.integer({ min: 1, max: 9 }),
  reload: fc.boolean(),
  setBackMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(30 * 60_000)),
});

describe('gateways with clocks of their own', () => {
  it('book nothing twice: the highest count of each combo is what was booked for it', () => {
    const offsets = fc.tuple(
      fc.integer({ min: -60_000, max: 0 }),
      fc.constant(0),
      fc.integer({ min: 0, max: 60_000 }),
    );
    fc.assert(
      fc.property(offsets, fc.array(step, { maxLength: 60 }), (offset, steps) => {
        const log: WalletEvent[] = [granted(1e9)];
        const gateways: Gateway[] = offset.map((ms) => ({
          offset: ms,
          clock: 0,
          wallet: initialWallet,
          read: 0,
        }));
        const ids = new Map<number, string>();
        let time = start;
        for (const { gateway: index, passedMs, combo, count, reload, setBackMs } of steps) {
          time += passedMs;
          const gateway = gateways[index]!;
          // Within a process the clock never goes back; a process that starts anew may find it set back.
          if (reload) {
            gateway.offset -= setBackMs;
            gateway.clock = time + gateway.offset;
            const since = rememberedSince(gateway.clock, log.at(-1));
            gateway.wallet = walletFromNewest([...log].reverse(), since);
            gateway.read = log.length;
          }
          gateway.clock = Math.max(gateway.clock, time + gateway.offset);
          for (; gateway.read < log.length; gateway.read++) {
            gateway.wallet = evolveWallet(gateway.wallet, log[gateway.read]!);
          }
          if (!ids.has(combo)) ids.set(combo, comboAt(time, combo));
          const decision = decide({ combo: ids.get(combo)!, count, gift: 0 }, gateway.wallet, gateway.clock);
          if (!decision.refused) log.push(...decision.events);
        }
        const reached = new Map<string, { booked: number; count: number }>();
        for (const event of log) {
          if (event.type !== 'GiftSent') continue;
          const { combo, booked, count } = event.data;
          reached.set(combo, { booked: (reached.get(combo)?.booked ?? 0) + booked, count });
        }
        for (const { booked, count } of reached.values()) expect(booked).toBe(count);
      }),
      { numRuns: 300 },
    );
  });

  it('load backwards what a fold from the start remembers', () => {
    const passing = fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 50 }), fc.nat(5 * 60_000)), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(passing, (steps) => {
        const log: WalletEvent[] = [granted(1e9)];
        let folded = evolveWallet(initialWallet, log[0]!);
        let now = start;
        for (const [n, count, passed] of steps) {
          now += passed;
          const minutesOfIds = Math.floor((now - start) / comboTimes.behindMs) * comboTimes.behindMs;
          const decision = decide(
            { combo: comboAt(start + minutesOfIds, n), count, gift: n % 3 },
            folded,
            now,
          );
          for (const event of decision.refused ? [] : decision.events) {
            log.push(event);
            folded = evolveWallet(folded, event);
          }
        }
        const since = rememberedSince(folded.at, log.at(-1));
        const enough = log.findLastIndex((event) => event.data.at < since);
        const loaded = walletFromNewest(log.slice(Math.max(0, enough)).reverse(), since);
        expect(loaded.balance).toBe(folded.balance);
        expect(loaded.at).toBe(folded.at);
        expect(loaded.since).toBe(folded.since);
        expect(listCombos(loaded.combos)).toEqual(listCombos(folded.combos));
      }),
    );
  });
});
