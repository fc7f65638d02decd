import { describe, expect, it } from 'vitest';
import { maxSendDelayMs, parsePayoutKey, payoutKeyOf } from './payout.ts';
import {
  type Comparison,
  comparePayouts,
  evolveReconciliations,
  initialReconciliations,
  type ListedByProvider,
  type LoggedPayout,
  maxNamedDifferences,
  payoutsReconciled,
  reconciliationMarginMs,
} from './reconciliation.ts';

const [from, to] = [1_000_000_000, 2_000_000_000];
const at = 1_500_000_000;

const logged = (more: Partial<LoggedPayout> = {}): LoggedPayout => ({
  key: 'ann/r1',
  recipient: 'account-1',
  amountMinor: '9500',
  currency: 'USD',
  status: 'paid',
  startedAt: at,
  reference: 'ref-1',
  ...more,
});

const listed = (more: Partial<ListedByProvider> = {}): ListedByProvider => ({
  key: 'ann/r1',
  reference: 'ref-1',
  referenceFrom: 'pay',
  recipient: 'account-1',
  amountMinor: '9500',
  currency: 'USD',
  state: { outcome: 'paid' },
  madeAt: at + 5,
  ...more,
});

const compare = (
  inLog: readonly LoggedPayout[],
  inList: readonly ListedByProvider[],
  more: Partial<Comparison> = {},
) =>
  comparePayouts({
    ...{ provider: 'sandbox', from, to, completeTo: Number.POSITIVE_INFINITY },
    logged: new Map(inLog.map((each) => [each.key, each])),
    listed: inList,
    ...more,
  });
const kindsOf = (...[inLog, inList, more]: Parameters<typeof compare>): string[] =>
  compare(inLog, inList, more).differences.map(({ kind }) => kind);

describe('comparing a provider with the log', () => {
  it('finds nothing where both say the same', () => {
    expect(compare([logged()], [listed()])).toEqual({ payouts: 1, pending: 0, differences: [] });
    expect(kindsOf([logged({ status: 'sent' })], [listed({ state: { outcome: 'sent' } })])).toEqual([]);
    expect(kindsOf([logged()], [listed({ state: { outcome: 'sent' } })])).toEqual([]);
    expect(kindsOf([logged({ status: 'failed' })], [])).toEqual([]);
    expect(kindsOf([logged({ status: 'approved' })], [listed({ state: { outcome: 'failed' } })])).toEqual([]);
  });

  it.each([
    ['amount_differs', { amountMinor: '9501' }],
    ['amount_differs', { currency: 'EUR' }],
    ['recipient_differs', { recipient: 'account-2' }],
    ['reference_differs', { reference: 'ref-2' }],
    ['state_differs', { state: { outcome: 'failed' } }],
    ['state_differs', { state: { outcome: 'returned' } }],
  ] as const)('names %s: %j', (kind, more) => {
    const { differences } = compare([logged()], [listed(more)]);
    expect(differences).toMatchObject([{ kind, key: 'ann/r1' }]);
    expect(differences[0]?.text).toMatch(/^ann\/r1: .+\.$/);
  });

  it('does not ask for what a list may not say, or calls by names of its own', () => {
    expect(kindsOf([logged()], [listed({ recipient: null })])).toEqual([]);
    expect(kindsOf([logged()], [listed({ reference: 'book-7', referenceFrom: 'list' })])).toEqual([]);
  });

  it('names what was paid and that the log holds for unpaid', () => {
    for (const status of ['approved', 'cancelled', 'refused', 'failed'] as const) {
      expect(kindsOf([logged({ status })], [listed()]), status).toEqual(['state_differs']);
    }
  });

  it('names what only one of them knows, within the time', () => {
    for (const status of ['started', 'sent', 'paid', 'returned'] as const) {
      expect(kindsOf([logged({ status })], []), status).toEqual(['missing_at_provider']);
    }
    expect(kindsOf([], [listed()])).toEqual(['unknown_to_log']);
    expect(kindsOf([], [listed({ key: undefined })])).toEqual(['unknown_to_log']);
    expect(kindsOf([logged({ startedAt: to })], [])).toEqual([]);
    expect(kindsOf([], [listed({ madeAt: from - 1 })])).toEqual([]);
  });

  it('does not miss what the list may not show yet, and counts it', () => {
    const settledBy = at + maxSendDelayMs + reconciliationMarginMs;
    const open = compare([logged()], [], { completeTo: settledBy - 1 });
    expect(open).toEqual({ payouts: 1, pending: 1, differences: [] });
    expect(kindsOf([logged()], [], { completeTo: settledBy })).toEqual(['missing_at_provider']);
  });

  it('finds what was made twice under one key; what failed before it was made again is none', () => {
    const second = listed({ reference: 'ref-2', madeAt: at + 6 });
    expect(kindsOf([logged({ reference: null })], [listed(), second])).toEqual(['paid_twice']);
    const failed = listed({ reference: 'ref-0', state: { outcome: 'failed' } });
    expect(kindsOf([logged()], [failed, listed()])).toEqual([]);
    expect(kindsOf([logged()], [listed(), failed])).toEqual([]);
  });
});

describe('the outcome in the log', () => {
  it('names so many differences and counts the rest; the last of each provider holds', () => {
    const many = Array.from({ length: maxNamedDifferences + 3 }, (_, n) => listed({ key: `ann/x${n}` }));
    const event = payoutsReconciled({ provider: 'sandbox', from, to }, compare([], many), 7);
    expect(event.data).toMatchObject({ provider: 'sandbox', from, to, payouts: 0, unnamed: 3, at: 7 });
    expect(event.data.differences).toHaveLength(maxNamedDifferences);
    const later = payoutsReconciled({ provider: 'sandbox', from, to }, compare([], []), 8);
    const known = [event, later].reduce(evolveReconciliations, initialReconciliations);
    expect(known.get('sandbox')).toMatchObject({ differences: [], at: 8 });
  });
});

describe('the key of a payout', () => {
  it('says which redemption it is of; what is no such key says nothing', () => {
    expect(parsePayoutKey(payoutKeyOf('ann.x:1', 'r-1'))).toEqual({ creator: 'ann.x:1', redemption: 'r-1' });
    for (const key of ['', 'ann', 'ann/', '/r1', 'ann/r1/2'])
      expect(parsePayoutKey(key), key).toBeUndefined();
  });
});
