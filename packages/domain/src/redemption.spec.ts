import { refusalCodes } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import type { Decision } from './decision.ts';
import { balanceOf, type Earnings, foldEarnings, type RedemptionStatus } from './earnings.ts';
import { type EarningsEvent, readEvent } from './events.ts';
import { initialMoneyRates } from './money-rates.ts';
import { bookOutcome, startPayout } from './payout.ts';
import { findByKey, offerRedemption, requestRedemption } from './redemption.ts';
import { defaultPolicy } from './redemption-policy.ts';
import { approveRedemption, cancelRedemption, turnDownRedemption } from './redemption-review.ts';
import type { Standing } from './standing.ts';
import { afterRequest, ann, asks, dayMs, decided, goodStanding, noon, terms } from './testing/redeeming.ts';

const second = { redemption: 'r2', key: 'k2' };
const on = { creator: 'ann', redemption: 'r1', by: 'olga', now: noon };
type TakeBack = (
  command: typeof on & { readonly reason: string },
  earnings: Earnings,
) => Decision<EarningsEvent, unknown>;
const takenBack: [RedemptionStatus, TakeBack][] = [
  ['refused', turnDownRedemption],
  ['cancelled', cancelRedemption],
];
const violations = (more: object): Standing['violations'] =>
  new Map([
    [
      'v',
      {
        guideline: 'g',
        giftsOffUntil: null,
        redemptionHeldUntil: null,
        closed: false,
        withdrawn: false,
        ...more,
      },
    ],
  ]);

describe('a request', () => {
  it('takes whole diamonds out of what is available, and small ones are approved by policy', () => {
    const events = decided(requestRedemption(asks(10_000), ann(10_000, 500), terms));
    expect(events).toMatchObject([
      { type: 'RedemptionRequested', data: { key: 'k1', method: { provider: 'sandbox', reference: 'm1' } } },
      { type: 'RedemptionApproved', data: { by: 'policy', at: noon } },
    ]);
    for (const event of events) expect(readEvent(event)).toEqual(event);
    expect(balanceOf(foldEarnings(ann(10_000, 500), events), terms.settlement)).toEqual({
      ...{ settled: 10_500_000n, held: 500_000n, available: 0n, onTheWay: 10_000_000n, paid: 0n },
    });
  });

  it('repeated gets its first answer before any refusal; its key is good for nothing else', () => {
    const asked = afterRequest(ann(10_000), asks(10_000));
    const frozen = { ...terms, standing: { ...goodStanding, freeze: { reason: 'check', until: null } } };
    expect(requestRedemption(asks(10_000, { redemption: 'r9' }), asked, frozen)).toEqual({
      refused: false,
      events: [],
    });
    expect(findByKey(asked, 'k1')).toMatchObject({ redemption: 'r1', status: 'approved' });
    const others = [asks(10_001), asks(10_000, { currency: 'EUR' }), asks(10_000, { key: 'k2' })];
    for (const other of others) {
      expect(requestRedemption(other, asked, terms)).toMatchObject({
        refusal: { refused: 'redemption_key_taken' },
      });
    }
  });

  it('is counted for 24 hours, unless it came back; splitting it avoids no review', () => {
    const policy = { ...defaultPolicy, maxDiamonds: 30_000 };
    const first = afterRequest(ann(90_000), asks(12_000));
    const asked = requestRedemption(asks(12_000, second), first, { ...terms, policy });
    expect(decided(asked)[1]).toMatchObject({
      type: 'RedemptionPutInReview',
      data: { reasons: ['24000 diamonds within 24 hours are more than 20000'] },
    });
    const both = foldEarnings(first, decided(asked));
    const third = { redemption: 'r3', key: 'k3' };
    expect(offerRedemption(asks(10_000, third), both, { ...terms, policy })).toMatchObject({
      refusal: { refused: 'redemption_above_maximum', maximum: '30000', left: '6000' },
    });
    const later = asks(30_000, { ...third, now: noon + dayMs });
    expect(offerRedemption(later, both, { ...terms, policy }).refused).toBe(false);
    const back = foldEarnings(both, decided(cancelRedemption(on, both)));
    expect(offerRedemption(asks(18_000, third), back, { ...terms, policy }).refused).toBe(false);
  });

  it('says why an operator is to look at it', () => {
    const approved = afterRequest(ann(50_000), asks(10_000));
    const started = foldEarnings(approved, decided(startPayout(on, approved, goodStanding)));
    const outcome = {
      creator: 'ann',
      redemption: 'r1',
      now: noon,
      outcome: 'failed',
      reason: 'closed',
    } as const;
    const earnings = foldEarnings(started, decided(bookOutcome(outcome, started)));
    const standing = { ...goodStanding, violations: violations({}) };
    const [, held] = decided(requestRedemption(asks(20_001, second), earnings, { ...terms, standing }));
    expect(held!.data).toMatchObject({
      reasons: [
        '20001 diamonds within 24 hours are more than 20000',
        'violations recorded: 1',
        'an earlier payout by this method came back',
      ],
    });
  });

  it('is refused by the first reason of the list that holds', () => {
    const asked = afterRequest(ann(20_000), asks(10_000));
    const none = { ...terms, policy: { ...defaultPolicy, feePerMille: 1_000 } };
    const standing = {
      ...goodStanding,
      freeze: { reason: 'check', until: null },
      identity: 'pending',
      method: null,
      violations: violations({ redemptionHeldUntil: noon + 5, closed: true }),
    } as const;
    const worst = { ...none, standing, rates: initialMoneyRates };
    const open = { ...standing, violations: violations({ redemptionHeldUntil: noon + 5 }) };
    const held = { ...open, freeze: null };
    const unverified = { ...held, violations: new Map() };
    const verified = { ...unverified, identity: 'verified' } as const;
    const tooNew = { ...verified, method: { provider: 'p', reference: 'r', since: noon - dayMs + 7 } };
    const wrong = [
      ['redemption_key_taken', asks(1), worst],
      ['creator_closed', asks(1, second), worst],
      ['creator_frozen', asks(1, second), { ...worst, standing: open }],
      ['redemption_held', asks(1, second), { ...worst, standing: held }, { retryAfterMs: 5 }],
      ['identity_not_verified', asks(1, second), { ...worst, standing: unverified }],
      ['payout_method_missing', asks(1, second), { ...worst, standing: verified }],
      ['payout_method_too_new', asks(1, second), { ...worst, standing: tooNew }, { retryAfterMs: 7 }],
      ['currency_not_offered', asks(1, second), { ...none, rates: initialMoneyRates }],
      ['redemption_below_minimum', asks(9_999, second), none, { minimum: '10000' }],
      ['redemption_above_maximum', asks(190_001, second), none, { left: '190000' }],
      ['too_few_diamonds', asks(10_001, second), none, { available: '10000' }],
      ['redemption_leaves_nothing', asks(10_000, second), none],
    ] as const;
    for (const [refused, command, of, more] of wrong) {
      expect(requestRedemption(command, asked, of)).toMatchObject({ refusal: { refused, ...more } });
    }
    const places = wrong.map(([code]) => refusalCodes.indexOf(code));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
});

describe('what waits for an operator', () => {
  const waiting = afterRequest(ann(50_000), asks(50_000));

  it('is approved once, unless something stands against the creator', () => {
    const frozen = { ...goodStanding, freeze: { reason: 'check', until: null } };
    expect(approveRedemption(on, waiting, frozen)).toMatchObject({ refusal: { refused: 'creator_frozen' } });
    const approved = foldEarnings(waiting, decided(approveRedemption(on, waiting, goodStanding)));
    expect(approved.redemptions.get('r1')).toMatchObject({ status: 'approved' });
    expect(approveRedemption(on, approved, goodStanding)).toEqual({ refused: false, events: [] });
  });

  it.each(takenBack)('is %s once, and its diamonds are available again', (status, takeBack) => {
    const back = foldEarnings(waiting, decided(takeBack({ ...on, reason: 'why' }, waiting)));
    expect(back.redemptions.get('r1')?.status).toBe(status);
    expect(balanceOf(back, terms.settlement)).toMatchObject({ available: 50_000_000n, onTheWay: 0n });
    expect(takeBack({ ...on, reason: 'again' }, back)).toEqual({ refused: false, events: [] });
    expect(approveRedemption(on, back, goodStanding)).toMatchObject({
      refusal: { refused: 'redemption_too_late' },
    });
  });

  it('is not taken back once its payout has begun, and what was never asked for is unknown', () => {
    const approved = afterRequest(ann(50_000), asks(10_000));
    const begun = foldEarnings(approved, decided(startPayout(on, approved, goodStanding)));
    for (const [, takeBack] of takenBack) {
      expect(takeBack({ ...on, reason: 'why' }, begun)).toMatchObject({
        refusal: { refused: 'redemption_too_late' },
      });
      expect(takeBack({ ...on, redemption: 'x', reason: '' }, begun)).toMatchObject({
        refusal: { refused: 'redemption_unknown' },
      });
    }
  });
});
