import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import type { MoneyStands } from './money.ts';
import { findMoneyFaults } from './money-faults.ts';

const hour = 3_600_000;
/** The day before this one is closed, and it is closed itself a day later. */
const midnight = Date.UTC(2026, 5, 10);

const stands: MoneyStands = {
  settlement: {
    ...{ lastClosed: '2026-06-09', closedAt: midnight + 600_000 },
    ...{ settledThrough: '2026-06-09', availableThrough: '2026-06-02' },
  },
  redemptions: { inReview: 3, approved: 2, started: 0, sent: 1, oldestStarted: null },
  reconciliations: [{ provider: 'sandbox', at: midnight, payouts: 2, differences: 0 }],
};

describe('what of money needs attention', () => {
  it('is nothing while days are closed and payouts go on', () => {
    expect(findMoneyFaults(stands, 0, midnight + 2 * hour)).toEqual([]);
    expect(findMoneyFaults(stands, null, midnight + 24 * hour + limits.maxUnclosedMs - 1)).toEqual([]);
  });

  it('is a day that nobody closes', () => {
    expect(findMoneyFaults(stands, 0, midnight + 24 * hour + limits.maxUnclosedMs)).toEqual([
      'The day 2026-06-10 is over, and not closed: is a payouts service at work?',
    ]);
  });

  it('is a day that is closed and not settled for long', () => {
    const { settlement } = stands;
    const unsettled = { ...stands, settlement: { ...settlement, settledThrough: null } };
    const late = settlement.closedAt + limits.maxUnsettledMs;
    expect(findMoneyFaults(unsettled, 0, late - 1)).toEqual([]);
    expect(findMoneyFaults(unsettled, 0, late)).toEqual([
      'The day 2026-06-09 is closed, and not settled: is a payouts service at work?',
    ]);
  });

  it('is a payout that was started so long ago that it cannot be sent any more', () => {
    const oldestStarted = { key: 'ann/r1', since: midnight };
    const started = { ...stands, redemptions: { ...stands.redemptions, started: 1, oldestStarted } };
    expect(findMoneyFaults(started, 0, midnight + hour - 1)).toEqual([]);
    expect(findMoneyFaults(started, 0, midnight + hour)).toEqual([
      'What became of the payout ann/r1 is unknown since 2026-06-10 00:00:00: ' +
        'what the payouts service logs says why.',
    ]);
  });

  it('are dead ends, and what a comparison found', () => {
    const differing = { ...stands, reconciliations: [{ ...stands.reconciliations[0]!, differences: 2 }] };
    expect(findMoneyFaults(differing, 1, midnight)).toEqual([
      '1 payout has come to a dead end: what the payouts service logs says why.',
      'sandbox and the log differ in 2 of their payouts (see carat payouts reconcile).',
    ]);
    expect(findMoneyFaults(stands, 2, midnight)[0]).toMatch(/^2 payouts have come to a dead end/);
  });
});
