import { describe, expect, it } from 'vitest';
import { createAwards, isExact, missingDiamonds } from './conservation.ts';
import { balanceOf } from './earnings.ts';
import { quoteOf } from './quote.ts';
import { ann, terms } from './testing/redeeming.ts';

const gift = (millidiamonds: number) =>
  ({
    type: 'GiftSent',
    data: {
      ...{ combo: 'c', viewer: 'v', live: 'l', creator: 'ann', gift: 'g', booked: 1, count: 1 },
      ...{ coins: 1, millidiamonds, unitCoins: 1, rate: 1_000, at: 0, after: { balance: 0 } },
    },
  }) as const;
const closed = {
  type: 'DayClosed',
  data: { day: '2026-11-01', previous: null, holdDays: 0, at: 0 },
} as const;
const settled = (millidiamonds: string, creator = 'ann') =>
  ({
    type: 'DiamondsSettled',
    data: { creator, day: '2026-11-01', gifts: 1, coins: '1', millidiamonds, hash: 'a'.repeat(64), at: 0 },
  }) as const;

describe('diamonds', () => {
  it('are pending until the day of their cut is settled', () => {
    const awards = createAwards();
    awards.see(gift(5_000));
    awards.see(closed);
    awards.see(gift(2_000));
    expect(awards.of('ann')).toEqual({ awarded: 7_000n, pending: 7_000n });
    expect(awards.see(settled('5000'))).toBeUndefined();
    expect(awards.of('ann')).toEqual({ awarded: 7_000n, pending: 2_000n });
    expect(awards.of('bea')).toEqual({ awarded: 0n, pending: 0n });
  });

  it.each([
    ['too much', settled('5001'), { awarded: 5_000n, settled: 5_001n }],
    ['for somebody who earned nothing', settled('1', 'bea'), { awarded: 0n, settled: 1n }],
  ])('are settled as something else: %s', (_, event, fault) => {
    const awards = createAwards();
    awards.see(gift(5_000));
    awards.see(closed);
    expect(awards.see(event)).toMatchObject(fault);
  });

  it('that are settled twice are found', () => {
    const awards = createAwards();
    for (const event of [gift(5_000), closed, settled('5000')]) awards.see(event);
    expect(awards.see(settled('5000'))).toMatchObject({ awarded: 0n, settled: 5_000n });
  });

  it('that are missing are told, and so are those too many', () => {
    const balance = balanceOf(ann(3, 2), terms.settlement);
    expect(missingDiamonds({ awarded: 6_000n, pending: 1_000n }, balance)).toBe(0n);
    expect(missingDiamonds({ awarded: 6_000n, pending: 0n }, balance)).toBe(1_000n);
    expect(missingDiamonds({ awarded: 5_999n, pending: 1_000n }, balance)).toBe(-1n);
  });
});

it('a quote of which a part of a cent is missing is not exact', () => {
  const rate = { currency: 'USD', numerator: 1, denominator: 3, from: 0 };
  const quote = quoteOf(100, rate, { feeMinor: 1, feePerMille: 50, withholdingPerMille: 0 })!;
  expect(isExact(quote)).toBe(true);
  expect(isExact({ ...quote, remainder: String(BigInt(quote.remainder) + 1n) })).toBe(false);
  const upwards = { ...quote, net: String(BigInt(quote.net) - 1n) };
  const rest = String(BigInt(quote.remainder) + BigInt(quote.denominator));
  expect(isExact({ ...upwards, remainder: rest })).toBe(false);
});
