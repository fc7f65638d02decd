import { describe, expect, it } from 'vitest';
import { foldEarnings, initialEarnings } from './earnings.ts';
import type { EarningsEvent, SettlementEvent } from './events.ts';
import { bookOutcome, startPayout } from './payout.ts';
import { requestRedemption } from './redemption.ts';
import { cancelRedemption } from './redemption-review.ts';
import { monthPeriod, stateEarnings, yearPeriod } from './statement.ts';
import { asks, dayClosed, decided, goodStanding, noon, settled, terms } from './testing/redeeming.ts';

const on = { creator: 'ann', redemption: 'r1', by: 'ann', now: noon };
const daySettled = (day: string): SettlementEvent => ({
  type: 'DaySettled',
  data: { day, creators: 1, gifts: 1, coins: '1', millidiamonds: '1', at: 0 },
});

/** November: 40,000 earned; 10,001 asked for and paid, 20,000 cancelled. December: the payout comes back. */
const story = (): (SettlementEvent | EarningsEvent)[] => {
  const charged = { ...terms, policy: { ...terms.policy, feeMinor: { USD: 1 } } };
  const ours: EarningsEvent[] = [settled('2026-11-01', 40_000)];
  const earnings = () => foldEarnings(initialEarnings, ours);
  ours.push(...decided(requestRedemption(asks(10_001), earnings(), charged)));
  ours.push(
    ...decided(requestRedemption(asks(20_000, { redemption: 'r2', key: 'k2' }), earnings(), charged)),
  );
  ours.push(...decided(cancelRedemption({ ...on, redemption: 'r2' }, earnings())));
  ours.push(...decided(startPayout(on, earnings(), goodStanding)));
  ours.push(...decided(bookOutcome({ ...on, outcome: 'paid', reference: 'p1' }, earnings())));
  const back = decided(bookOutcome({ ...on, outcome: 'returned', reason: 'unclaimed' }, earnings()));
  return [
    ...[dayClosed('2026-11-01'), ...ours, dayClosed('2026-11-30'), settled('2026-11-30', 7, 'b'.repeat(64))],
    ...[daySettled('2026-11-30'), ...back, dayClosed('2026-12-02')],
  ];
};

const paid =
  // 5,000.50 $ct
  { gross: '10001/2', fee: '10041/40', withheld: '0', net: '4749', remainder: '19/40' };
const nothing = { gross: '0', fee: '0', withheld: '0', net: '0', remainder: '0' };

describe('a statement', () => {
  it('says what was there, what came, what went, and what is left, in diamonds and in money', () => {
    expect(stateEarnings('ann', monthPeriod('2026-11'), story())).toEqual({
      creator: 'ann',
      period: { from: '2026-11-01', to: '2026-11-30' },
      final: true,
      millidiamonds: {
        opening: '0',
        earned: '40007000',
        redeemed: '30001000',
        returned: '20000000',
        closing: '30006000',
      },
      money: [{ currency: 'USD', paid, returned: nothing }],
    });
  });

  it('begins where the one before it ends; what came back is in the month in which it did', () => {
    const december = stateEarnings('ann', monthPeriod('2026-12'), story());
    expect(december).toMatchObject({
      final: false,
      millidiamonds: {
        opening: '30006000',
        earned: '0',
        redeemed: '0',
        returned: '10001000',
        closing: '40007000',
      },
      money: [{ paid: nothing, returned: paid }],
    });
    const year = stateEarnings('ann', yearPeriod('2026'), story());
    expect(year).toMatchObject({
      millidiamonds: { opening: '0', closing: '40007000' },
      money: [{ paid, returned: paid }],
    });
  });

  it('holds nothing that no closed day covers', () => {
    const open = story().slice(0, -1);
    expect(stateEarnings('ann', monthPeriod('2026-12'), open).millidiamonds).toMatchObject({ returned: '0' });
  });

  it('covers whole months, also in leap years', () => {
    expect(monthPeriod('2028-02')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
    expect(monthPeriod('2026-12')).toEqual({ from: '2026-12-01', to: '2026-12-31' });
  });
});
