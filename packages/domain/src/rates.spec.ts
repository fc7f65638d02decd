import { describe, expect, it } from 'vitest';
import { evolveRates, initialRates, rateAt, setDiamondRate } from './rates.ts';

const set = (millidiamondsPerCoin: number, from: number) =>
  ({ type: 'DiamondRateSet', data: { millidiamondsPerCoin, from, by: 'op', at: 0 } }) as const;

describe('rates', () => {
  it('are one diamond per coin until one is set', () => expect(rateAt(initialRates, 5)).toBe(1_000));

  it('hold from their instant on, of equals the one set last', () => {
    const rates = [set(500, 100), set(700, 50), set(600, 100)].reduce(evolveRates, initialRates);
    expect([49, 50, 99, 100, 1_000].map((at) => rateAt(rates, at))).toEqual([1_000, 700, 700, 600, 600]);
  });

  it('are set at once or ahead, never for the past', () => {
    const command = { millidiamondsPerCoin: 900, by: 'op', now: 10 };
    expect(setDiamondRate({ ...command, from: undefined })).toMatchObject({
      events: [{ data: { from: 10, at: 10 } }],
    });
    expect(setDiamondRate({ ...command, from: 11 })).toMatchObject({ events: [{ data: { from: 11 } }] });
    expect(setDiamondRate({ ...command, from: 9 })).toMatchObject({
      refusal: { refused: 'rate_begins_in_the_past' },
    });
  });
});
