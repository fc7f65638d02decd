import { describe, expect, it } from 'vitest';
import { moneySent } from './conservation.ts';
import { balanceOf, type Earnings, foldEarnings } from './earnings.ts';
import { bookOutcome, giveUpPayout, maySend, type Outcome, startPayout, withdrawPayout } from './payout.ts';
import { afterRequest, ann, asks, decided, goodStanding, noon, terms } from './testing/redeeming.ts';

const hour = 3_600_000;
const of = { creator: 'ann', redemption: 'r1', now: noon };
const approved = afterRequest(ann(20_000), asks(20_000));
const started = foldEarnings(approved, decided(startPayout(of, approved, goodStanding)));
const missed = { ...of, reason: 'not listed', memoryMs: 24 * hour, marginMs: hour, now: noon + 25 * hour };
const givenUp = foldEarnings(started, decided(giveUpPayout(missed, started)));
const outcomes = {
  sent: { ...of, outcome: 'sent', reference: 'p1' },
  paid: { ...of, outcome: 'paid', reference: 'p1' },
  failed: { ...of, outcome: 'failed', reason: 'closed' },
  returned: { ...of, outcome: 'returned', reason: 'unclaimed' },
} as const satisfies Record<string, Outcome>;
type Name = keyof typeof outcomes;
const tell = (earnings: Earnings, ...names: Name[]): Earnings =>
  names.reduce((told, name) => foldEarnings(told, decided(bookOutcome(outcomes[name], told))), earnings);

describe('a payout', () => {
  it('is started once, under a key of its redemption', () => {
    const [event] = decided(startPayout(of, approved, goodStanding));
    expect(event!.data).toMatchObject({ key: 'ann/r1', provider: 'sandbox' });
    expect(startPayout(of, started, goodStanding)).toMatchObject({
      refusal: { refused: 'redemption_too_late' },
    });
  });

  it('is not started against the creator, nor to another place than the one of the request', () => {
    const start = (change: object) => startPayout(of, approved, { ...goodStanding, ...change });
    expect(start({ freeze: { reason: 'check', until: null } })).toMatchObject({
      refusal: { refused: 'creator_frozen' },
    });
    const elsewhere = { provider: 'sandbox', reference: 'm9', since: 0 };
    for (const method of [elsewhere, null]) {
      expect(start({ method })).toMatchObject({ refusal: { refused: 'payout_method_changed' } });
    }
  });

  it('is sent within an hour of its start, or never', () => {
    const known = started.redemptions.get('r1')!;
    expect(maySend(known, noon + hour - 1)).toBe(true);
    expect(maySend(known, noon + hour)).toBe(false);
    expect(maySend(approved.redemptions.get('r1')!, noon)).toBe(false);
    expect(maySend(tell(started, 'sent').redemptions.get('r1')!, noon)).toBe(false);
  });

  it('is given up no sooner than the provider can have forgotten it, and never once it was told of', () => {
    expect(giveUpPayout({ ...missed, now: missed.now - 1 }, started)).toEqual({
      refused: true,
      refusal: 'payout_may_still_be_made',
    });
    expect(giveUpPayout({ ...missed, memoryMs: 0, now: noon + 2 * hour - 1 }, started).refused).toBe(true);
    expect(givenUp.redemptions.get('r1')).toMatchObject({ status: 'approved', reason: 'not listed' });
    expect(giveUpPayout(missed, givenUp)).toEqual({ refused: false, events: [] });
    expect(giveUpPayout(missed, tell(started, 'sent'))).toMatchObject({ refusal: 'payout_contradicts_log' });
    expect(startPayout(of, givenUp, goodStanding).refused).toBe(false);
  });
});

describe('a start that is taken back', () => {
  const mine = { startedAt: noon, sinceStartMs: 59_999, soleMs: 60_000 };
  const back = { ...of, ...mine, reason: 'it is down', now: noon + 59_999 };
  const withdrawn = foldEarnings(started, decided(withdrawPayout(back, started)));

  it('is approved again and can be started anew, within an hour', () => {
    expect(withdrawn.redemptions.get('r1')).toMatchObject({ status: 'approved', reason: 'it is down' });
    expect(withdrawPayout(back, withdrawn)).toEqual({ refused: false, events: [] });
    expect(startPayout(of, withdrawn, goodStanding).refused).toBe(false);
  });

  it('is so only while nobody else may call, and by who appended that very start', () => {
    expect(withdrawPayout({ ...back, sinceStartMs: 60_000 }, started)).toEqual({
      refused: true,
      refusal: 'payout_may_still_be_made',
    });
    const contradiction = { refused: true, refusal: 'payout_contradicts_log' };
    expect(withdrawPayout({ ...back, startedAt: noon - 1 }, started)).toEqual(contradiction);
    expect(withdrawPayout(back, tell(started, 'sent'))).toEqual(contradiction);
    expect(withdrawPayout(back, approved)).toEqual({ refused: true, refusal: 'payout_not_started' });
  });
});

describe('what a provider tells', () => {
  const after = (...names: Name[]) => tell(started, ...names).redemptions.get('r1')!.status;

  it.each<[Name[], string]>([
    [['sent', 'sent', 'paid', 'sent', 'paid'], 'paid'],
    [['paid', 'sent'], 'paid'],
    [['paid', 'returned', 'paid', 'sent', 'failed'], 'returned'],
    [['returned', 'paid'], 'returned'],
    [['sent', 'failed', 'sent', 'failed', 'returned'], 'failed'],
  ])('%j is %s: repeated, late or out of order', (names, status) => expect(after(...names)).toBe(status));

  it.each<[string, Earnings, Name]>([
    ['failed after it was paid', tell(started, 'paid'), 'failed'],
    ['paid after it failed', tell(started, 'failed'), 'paid'],
  ])('%s contradicts the log', (_, earnings, name) => {
    expect(bookOutcome(outcomes[name], earnings)).toEqual({
      refused: true,
      refusal: 'payout_contradicts_log',
    });
  });

  it('contradicts the log by another reference, which is another payout', () => {
    const other = { ...outcomes.paid, reference: 'p2' };
    expect(bookOutcome(other, tell(started, 'sent'))).toMatchObject({ refusal: 'payout_contradicts_log' });
  });

  it('does not contradict the log by a name of its list, nor what the list told by another', () => {
    const byList = { ...outcomes.paid, reference: 'list-7', referenceFrom: 'list' } as const;
    const back = { ...outcomes.returned, reference: 'p1' };
    const listed = foldEarnings(started, decided(bookOutcome(byList, started)));
    const returned = foldEarnings(listed, decided(bookOutcome(back, listed)));
    expect(returned.redemptions.get('r1')?.status).toBe('returned');
    const [event] = decided(bookOutcome(byList, tell(started, 'sent')));
    expect(event!.data).not.toHaveProperty('referenceFrom');
    expect(event!.data).toMatchObject({ reference: 'p1' });
    expect(bookOutcome({ ...byList, reference: 'list-8' }, listed)).toMatchObject({
      refusal: 'payout_contradicts_log',
    });
  });

  it('of a payout given up: that it was made after all, and it is not started again', () => {
    const paid = tell(givenUp, 'paid');
    expect(paid.redemptions.get('r1')?.status).toBe('paid');
    expect(startPayout(of, paid, goodStanding).refused).toBe(true);
    expect(tell(givenUp, 'failed', 'returned').redemptions.get('r1')?.status).toBe('approved');
  });

  it('of a payout that was never started is no outcome', () => {
    expect(bookOutcome(outcomes.paid, approved)).toEqual({ refused: true, refusal: 'payout_not_started' });
    expect(bookOutcome({ ...outcomes.paid, redemption: 'x' }, started)).toMatchObject({
      refusal: 'payout_not_started',
    });
  });

  it('moves diamonds and money together', () => {
    const all = { available: 0n, onTheWay: 20_000_000n, paid: 0n };
    expect(balanceOf(started, terms.settlement)).toMatchObject(all);
    expect(moneySent(started).get('USD')).toEqual({ inFlight: 9_500n, paid: 0n });
    const paid = tell(started, 'paid');
    expect(balanceOf(paid, terms.settlement)).toMatchObject({ ...all, onTheWay: 0n, paid: 20_000_000n });
    expect(moneySent(paid).get('USD')).toEqual({ inFlight: 0n, paid: 9_500n });
    const back = tell(paid, 'returned');
    expect(balanceOf(back, terms.settlement)).toMatchObject({
      available: 20_000_000n,
      onTheWay: 0n,
      paid: 0n,
    });
    expect(moneySent(back).get('USD')).toBeUndefined();
  });
});
