import { refusalCodes } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { comboTimes, packCombos } from './combos.ts';
import type { Event } from './events.ts';
import {
  evolveWallet,
  grantCoins,
  initialWallet,
  maxCombosPerWallet,
  passTime,
  type SendGift,
  sendGift,
  type Wallet,
} from './wallet.ts';

const now = 1_795_000_000_000;
const comboAt = (at: number, n = 0) => {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`;
};

const wallet: Wallet = { ...initialWallet, balance: 100, at: now - 10 };
const live = {
  status: 'running',
  live: 'l1',
  creator: 'c1',
  title: null,
  startedAt: now - 1,
  endedAt: null,
  goal: null,
  blocked: new Set<string>(),
} as const;
const claim: SendGift = {
  viewer: 'v1',
  combo: comboAt(now),
  count: 3,
  liveId: 'l1',
  giftId: 'g1',
  live,
  gift: { gift: 'g1', name: 'Rose', coins: 5, streakable: true, retired: false },
  rate: 1_500,
  now,
};

const eventOf = (command: SendGift, state: Wallet): Event<'GiftSent'> => {
  const decision = sendGift(command, state);
  if (decision.refused) throw new Error(decision.refusal.refused);
  expect(decision.events).toHaveLength(1);
  return decision.events[0]!;
};
const refusalOf = (command: SendGift, state: Wallet) => {
  const decision = sendGift(command, state);
  return decision.refused ? decision.refusal : undefined;
};
const after = (command: SendGift, state: Wallet): Wallet => evolveWallet(state, eventOf(command, state));

describe('a claim', () => {
  it('books what it adds to its combo', () => {
    expect(eventOf(claim, wallet).data).toEqual({
      combo: claim.combo,
      viewer: 'v1',
      live: 'l1',
      creator: 'c1',
      gift: 'g1',
      booked: 3,
      count: 3,
      coins: 15,
      millidiamonds: 22_500,
      unitCoins: 5,
      rate: 1_500,
      at: now,
      after: { balance: 85 },
    });
    const more = eventOf({ ...claim, count: 10 }, after(claim, wallet)).data;
    expect(more).toMatchObject({ booked: 7, count: 10, coins: 35, after: { balance: 50 } });
  });

  it('that is repeated or comes late decides nothing, whatever else is wrong by then', () => {
    const state = after(claim, wallet);
    const later = { ...claim, now: now + comboTimes.behindMs + 1, gift: undefined };
    const ended = { ...live, status: 'ended', endedAt: now } as const;
    for (const count of [1, 2, 3]) {
      expect(sendGift({ ...later, count, live: ended, overloaded: { retryAfterMs: 1 } }, state)).toEqual({
        refused: false,
        events: [],
      });
    }
  });

  it('keeps the price and the rate that its combo began with, also of a gift that is sold no more', () => {
    const state = after(claim, wallet);
    const gift = { ...claim.gift!, coins: 50, retired: true };
    expect(eventOf({ ...claim, count: 4, gift, rate: 9 }, state).data).toMatchObject({
      coins: 5,
      unitCoins: 5,
      rate: 1_500,
    });
  });

  it('never lets the wallet’s time go back', () => {
    expect(eventOf({ ...claim, combo: comboAt(now - 5_000), now: now - 5_000 }, wallet).data.at).toBe(
      now - 10,
    );
  });
});

describe('refusals', () => {
  const known = after(claim, wallet);
  const more = { ...claim, count: 4 };
  const full: Wallet = { ...wallet, combos: manyCombos() };

  /** Each wrong in its own way and in all the ways that come after, so the order is tested with it. */
  const wrong: [string, SendGift, Wallet][] = [
    ['combo_belongs_to_another_gift', { ...more, giftId: 'g2', overloaded: { retryAfterMs: 5 } }, known],
    ['combo_belongs_to_another_gift', { ...more, liveId: 'l2' }, known],
    ['overloaded', { ...more, combo: comboAt(0), overloaded: { retryAfterMs: 5 } }, wallet],
    [
      'combo_expired',
      { ...more, combo: comboAt(now - comboTimes.behindMs - 1), live: { status: 'unknown' } },
      wallet,
    ],
    [
      'combo_in_the_future',
      { ...more, combo: comboAt(now + comboTimes.aheadMs + 1), live: { status: 'unknown' } },
      wallet,
    ],
    ['live_unknown', { ...more, live: { status: 'unknown' }, gift: undefined }, wallet],
    ['live_ended', { ...more, live: { ...live, status: 'ended', endedAt: now, creator: 'v1' } }, wallet],
    ['viewer_blocked', { ...more, live: { ...live, creator: 'v1', blocked: new Set(['v1']) } }, wallet],
    ['own_live', { ...more, live: { ...live, creator: 'v1' }, takesNoGifts: true }, wallet],
    ['creator_takes_no_gifts', { ...more, takesNoGifts: true, gift: undefined }, wallet],
    ['gift_unknown', { ...more, gift: undefined }, full],
    ['gift_retired', { ...more, gift: { ...claim.gift!, retired: true, streakable: false } }, full],
    ['gift_is_not_streakable', { ...more, gift: { ...claim.gift!, streakable: false } }, full],
    ['too_many_combos', { ...more, count: 9_999 }, full],
    ['wallet_has_too_few_coins', { ...more, count: 9_999 }, wallet],
  ];

  it.each(wrong)('%s', (code, command, state) => {
    expect(refusalOf(command, state)?.refused).toBe(code);
  });

  it('come in the order of the closed list', () => {
    const places = wrong.map(([code]) => (refusalCodes as readonly string[]).indexOf(code));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('of a creator that takes no gifts leave what was booked as it is', () => {
    const frozen = { ...claim, takesNoGifts: true };
    expect(sendGift(frozen, known)).toEqual({ refused: false, events: [] });
    expect(refusalOf({ ...frozen, count: 4 }, known)).toMatchObject({
      refused: 'creator_takes_no_gifts',
      combo: { combo: claim.combo, count: 3 },
    });
  });

  it('say how the combo stands, and what the wallet can pay for', () => {
    expect(refusalOf({ ...claim, count: 9_999 }, known)).toMatchObject({
      refused: 'wallet_has_too_few_coins',
      retry: false,
      affordable: 20,
      combo: { combo: claim.combo, count: 3, coins: 15, millidiamonds: 22_500 },
    });
    expect(refusalOf({ ...claim, count: 21 }, wallet)).toMatchObject({ affordable: 20 });
    expect(refusalOf({ ...claim, count: 21 }, wallet)).not.toHaveProperty('combo');
  });

  it('hold a combo to the window to the millisecond', () => {
    expect(refusalOf({ ...claim, combo: comboAt(now - comboTimes.behindMs) }, wallet)).toBeUndefined();
    expect(refusalOf({ ...claim, combo: comboAt(now + comboTimes.aheadMs) }, wallet)).toBeUndefined();
  });

  it('end with the time for which combos are remembered', () => {
    const later = now + comboTimes.rememberedMs + 1;
    const claimed = { ...claim, combo: comboAt(later), now: later };
    expect(refusalOf({ ...claim, combo: comboAt(now) }, full)?.refused).toBe('too_many_combos');
    expect(refusalOf(claimed, full)).toBeUndefined();
    expect(refusalOf({ ...claim, now: later }, known)?.refused).toBe('combo_expired');
    expect(passTime(full, later).combos.chunks).toHaveLength(0);
  });

  it('refuse a combo that may have been forgotten, even to a clock that was set back', () => {
    const forgetful: Wallet = { ...wallet, at: 0, since: now };
    expect(refusalOf({ ...claim, combo: comboAt(now + comboTimes.aheadMs - 1) }, forgetful)?.refused).toBe(
      'combo_expired',
    );
  });
});

function manyCombos() {
  const terms = { live: 'l1', creator: 'c1', gift: 'g1', unitCoins: 1, rate: 1_000 };
  const ids = Array.from({ length: maxCombosPerWallet }, (_, n) => comboAt(now, n + 1));
  return packCombos(ids.map((combo) => ({ combo, terms, count: 1, at: now })));
}

describe('a grant', () => {
  const command = { grant: 'gr1', viewer: 'v1', coins: 50, by: 'platform', now };

  it('is made once, in its own stream and the wallet’s', () => {
    expect(grantCoins(command, wallet, undefined)).toEqual({
      refused: false,
      events: [
        {
          made: {
            type: 'GrantMade',
            data: { grant: 'gr1', viewer: 'v1', coins: 50, by: 'platform', at: now },
          },
          granted: {
            type: 'CoinsGranted',
            data: { grant: 'gr1', viewer: 'v1', coins: 50, at: now, after: { balance: 150 } },
          },
        },
      ],
    });
  });

  it('repeated decides nothing; for another wallet or amount it is refused', () => {
    const made = {
      type: 'GrantMade',
      data: { grant: 'gr1', viewer: 'v1', coins: 50, by: 'platform', at: now - 1 },
    } as const;
    expect(grantCoins(command, wallet, made)).toEqual({ refused: false, events: [] });
    for (const other of [{ viewer: 'v2' }, { coins: 51 }]) {
      expect(grantCoins({ ...command, ...other }, wallet, made)).toMatchObject({
        refusal: { refused: 'grant_belongs_to_another_wallet' },
      });
    }
  });

  it('does not fill a wallet beyond what is exact', () => {
    expect(grantCoins({ ...command, coins: 1e12 }, { balance: 1e15, at: 0 }, undefined)).toMatchObject({
      refusal: { refused: 'wallet_is_full' },
    });
  });
});
