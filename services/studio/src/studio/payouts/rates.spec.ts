import { expect, it } from 'vitest';
import { ratesByCurrency } from './rates.ts';

const rate = (currency: string, numerator: number, from: number) => ({
  currency,
  numerator,
  denominator: 2,
  from,
});

it('tells what holds now and what was set ahead, the next first', () => {
  const rates = [rate('USD', 1, 100), rate('EUR', 1, 100), rate('USD', 3, 900), rate('USD', 2, 500)];
  expect(ratesByCurrency(rates, 200)).toEqual([
    { currency: 'EUR', now: rates[1], ahead: [] },
    { currency: 'USD', now: rates[0], ahead: [rates[3], rates[2]] },
  ]);
  expect(ratesByCurrency(rates, 500)[1]!.now).toBe(rates[3]);
});

it('of two that begin together goes by the one set last', () => {
  const rates = [rate('USD', 1, 100), rate('USD', 2, 100), rate('USD', 5, 700), rate('USD', 6, 700)];
  expect(ratesByCurrency(rates, 100)).toEqual([{ currency: 'USD', now: rates[1], ahead: [rates[3]] }]);
});

it('a currency whose first rate has not begun has none', () => {
  expect(ratesByCurrency([rate('USD', 1, 100)], 99)[0]!.now).toBeUndefined();
});
