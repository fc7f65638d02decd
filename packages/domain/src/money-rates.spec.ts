import { describe, expect, it } from 'vitest';
import { readEvent } from './events.ts';
import { evolveMoneyRates, initialMoneyRates, moneyRateAt, setMoneyRate } from './money-rates.ts';
import { evolveRates, initialRates } from './rates.ts';
import { rateSet } from './testing/redeeming.ts';

const command = { currency: 'USD', numerator: 1, denominator: 2, by: 'olga', now: 10 } as const;

describe('what a diamond is worth', () => {
  it('is nothing until a rate of its currency begins; the latest holds, of equals the last set', () => {
    const set = [rateSet(1, 2, 100), rateSet(3, 4, 50), rateSet(2, 5, 100)];
    const rates = set.reduce(evolveMoneyRates, initialMoneyRates);
    expect(moneyRateAt(rates, 'USD', 49)).toBeUndefined();
    expect(moneyRateAt(rates, 'EUR', 200)).toBeUndefined();
    expect(moneyRateAt(rates, 'USD', 99)).toMatchObject({ numerator: 3, denominator: 4 });
    expect(moneyRateAt(rates, 'USD', 100)).toMatchObject({ numerator: 2, denominator: 5 });
  });

  it('is set at once or ahead, never for the past', () => {
    expect(setMoneyRate({ ...command, from: undefined })).toMatchObject({ events: [{ data: { from: 10 } }] });
    expect(setMoneyRate({ ...command, from: 11 })).toMatchObject({
      events: [{ data: { from: 11, at: 10 } }],
    });
    expect(setMoneyRate({ ...command, from: 9 })).toMatchObject({
      refusal: { refused: 'rate_begins_in_the_past' },
    });
  });

  it('shares a stream with what a coin earns, and changes nothing of it', () => {
    expect(evolveRates(initialRates, rateSet(1, 2))).toBe(initialRates);
    const coins = { millidiamondsPerCoin: 500, from: 0, by: 'olga', at: 0 };
    expect(evolveMoneyRates(initialMoneyRates, { type: 'DiamondRateSet', data: coins })).toBe(
      initialMoneyRates,
    );
  });

  it('is read back as it was written, and never with nothing below the line', () => {
    expect(readEvent(rateSet(1, 2))).toEqual(rateSet(1, 2));
    expect(() => readEvent(rateSet(1, 0))).toThrow(/denominator/);
  });
});
