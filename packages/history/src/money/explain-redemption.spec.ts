import { type EarningsEvent, type Event, quoteOf, type RateEvent, type SettlementEvent } from '@carat/domain';
import type { Position } from '@carat/event-store';
import { describe, expect, it } from 'vitest';
import { type EarningsLog, explainRedemption, type Placed } from './explain-redemption.ts';
import { takenDaysOf } from './explain-taken-days.ts';

const settled = (day: string, diamonds: number): EarningsEvent => ({
  type: 'DiamondsSettled',
  data: {
    ...{ creator: 'ann', day, gifts: 1, coins: '5', hash: 'a'.repeat(64), at: 0 },
    millidiamonds: `${diamonds}000`,
  },
});
const quote = (diamonds: number) =>
  quoteOf(
    diamonds,
    { currency: 'USD', numerator: 1, denominator: 2, from: 0 },
    { feeMinor: 0, feePerMille: 50, withholdingPerMille: 0 },
  )!;
const of = (redemption: string) => ({ creator: 'ann', redemption, at: 100 });
const requested = (redemption: string, diamonds: number): EarningsEvent => ({
  type: 'RedemptionRequested',
  data: {
    ...of(redemption),
    ...{
      key: redemption,
      quote: quote(diamonds),
      method: { provider: 'sandbox', reference: 'm' },
      by: 'ann',
    },
  },
});
const cancelled = (redemption: string): EarningsEvent => ({
  type: 'RedemptionCancelled',
  data: { ...of(redemption), by: 'ann' },
});
const days = (taken: ReturnType<typeof takenDaysOf>) => taken.map((each) => [each.day, Number(each.taken)]);

describe('which days a redemption took its diamonds of', () => {
  const earned = [settled('2026-11-01', 100), settled('2026-11-02', 50), settled('2026-11-03', 70)];

  it('is those settled first, each as far as it is left', () => {
    const events = [...earned, requested('r1', 120), requested('r2', 40)];
    expect(days(takenDaysOf('r1', events))).toEqual([
      ['2026-11-01', 100_000],
      ['2026-11-02', 20_000],
    ]);
    expect(days(takenDaysOf('r2', events))).toEqual([
      ['2026-11-02', 30_000],
      ['2026-11-03', 10_000],
    ]);
    expect(takenDaysOf('r3', events)).toEqual([]);
  });

  it.each<[EarningsEvent]>([
    [cancelled('r1')],
    [{ type: 'RedemptionRefused', data: { ...of('r1'), by: 'olga', reason: 'no' } }],
    [{ type: 'PayoutFailed', data: { ...of('r1'), reason: 'no' } }],
    [{ type: 'PayoutReturned', data: { ...of('r1'), reason: 'no' } }],
  ])('is those again that went back: $type', (back) => {
    const events = [...earned, requested('r1', 80), requested('r2', 30), back, requested('r3', 90)];
    expect(days(takenDaysOf('r2', events))).toEqual([
      ['2026-11-01', 20_000],
      ['2026-11-02', 10_000],
    ]);
    expect(days(takenDaysOf('r3', events))).toEqual([
      ['2026-11-01', 80_000],
      ['2026-11-02', 10_000],
    ]);
  });
});

describe('a redemption explained', () => {
  let position = 0;
  const place = <E extends Event>(stream: string, events: readonly E[]): Placed<E>[] =>
    events.map((event, revision) => {
      position += 1;
      return { ...event, id: `e${position}`, position: String(position) as Position, stream, revision };
    });
  const rate = (numerator: number, from: number): RateEvent => ({
    type: 'MoneyRateSet',
    data: { currency: 'USD', numerator, denominator: 2, from, by: 'olga', at: 0 },
  });
  const closed = (day: string): SettlementEvent => ({
    type: 'DayClosed',
    data: { day, previous: null, holdDays: 7, at: 0 },
  });
  const log = (): EarningsLog => {
    position = 0;
    return {
      // The second is another rate, the third begins too late, and was told before the request all the same.
      rates: place('rates', [rate(1, 0), rate(2, 0), rate(1, 40), rate(1, 101)]),
      settlement: place('settlement', [closed('2026-11-01'), closed('2026-11-02')]),
      earnings: place<EarningsEvent>('earnings-ann', [
        settled('2026-11-01', 100),
        settled('2026-11-02', 50),
        requested('r1', 120),
        { type: 'RedemptionApproved', data: { ...of('r1'), by: 'policy' } },
        requested('r2', 10),
        { type: 'PayoutStarted', data: { ...of('r1'), key: 'ann/r1', provider: 'sandbox' } },
        { type: 'PayoutPaid', data: { ...of('r1'), reference: 'p1' } },
      ]),
    };
  };

  it('names every event that it follows from', () => {
    const explained = explainRedemption('r1', log())!;
    expect(explained).toMatchObject({
      ...{ creator: 'ann', redemption: 'r1', status: 'paid', reference: 'p1' },
      payout: { key: 'ann/r1', provider: 'sandbox' },
      days: [
        {
          ...{ day: '2026-11-01', taken: '100000', settled: { id: 'e7', revision: 0 } },
          ...{ cut: { id: 'e5', position: '5' }, cutBefore: null },
        },
        {
          ...{ day: '2026-11-02', taken: '20000', settled: { id: 'e8', revision: 1 } },
          ...{ cut: { id: 'e6' }, cutBefore: { id: 'e5' } },
        },
      ],
      rateSet: { id: 'e3', stream: 'rates', revision: 2, data: { from: 40 } },
    });
    expect(explained.events.map(({ id, type }) => [id, type])).toEqual([
      ['e9', 'RedemptionRequested'],
      ['e10', 'RedemptionApproved'],
      ['e12', 'PayoutStarted'],
      ['e13', 'PayoutPaid'],
    ]);
  });

  it('is none where none was requested', () => {
    expect(explainRedemption('r3', log())).toBeUndefined();
  });

  it('knows of no rate where the log has none such before it', () => {
    expect(explainRedemption('r1', { ...log(), rates: [] })?.rateSet).toBeNull();
  });
});
